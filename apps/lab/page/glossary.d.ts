/** GLOSSARY.md, made by the build: word in lower case → its words and what they mean. */
declare module 'glossary' {
  export const glossary: Readonly<Record<string, { readonly word: string; readonly meaning: string }>>;
}
