/** Pages of the book with what they ask before they show: JSON files beside the page. */

/** A lesson in the list. */
export interface LessonEntry {
  /** `dma-and-mmio`: the page's file without its ending. */
  readonly name: string;
  readonly title: string;
  /** The question that it begins with, or ''. */
  readonly question: string;
  /** How often it asks for a prediction. */
  readonly predictions: number;
}

/** A lesson as it is loaded: `book/NAME.json`. */
export interface Lesson extends LessonEntry {
  /** The page as HTML of our own making. */
  readonly html: string;
  readonly asks: readonly Prediction[];
}

/** What all predictions have. */
interface Asked {
  readonly question: string;
  /** Which runs answer it. */
  readonly experiment: string;
  readonly texts: Readonly<Record<string, string>>;
  /** Key of the measure that answers it. */
  readonly measure: string;
  /** Why it is so, after the figure. */
  readonly because: string;
}

/** Which method has the better value of a measure? */
export interface ChoicePrediction extends Asked {
  /** A choice without a method: they are equal. */
  readonly choices: readonly { readonly text: string; readonly method: string }[];
}

/** How much is a measure of a method, or how many times that of another? */
export interface NumberPrediction extends Asked {
  readonly of: string;
  /** The method that it is compared with. */
  readonly over?: string;
  /** Behind the number: `%`, `times`. */
  readonly unit: string;
  /** What a value of the measure is multiplied by, to be in that unit; left out: 1. */
  readonly scale?: number;
}

export type Prediction = ChoicePrediction | NumberPrediction;

/** The methods that answer a prediction. */
export function methodsOf(p: Prediction): string[] {
  if ('choices' in p) return p.choices.flatMap((c) => (c.method === '' ? [] : [c.method]));
  return p.over === undefined ? [p.of] : [p.of, p.over];
}
