import { signal } from '@preact/signals';

const KEY = 'northbridge-theme';
const NEXT = { system: 'light', light: 'dark', dark: 'system' } as const;

/** Dark or light: as the system has it, unless the reader says otherwise. */
export const theme = signal<'system' | 'light' | 'dark'>(kept());

/** Goes on to the next. */
export function turnTheme(): void {
  theme.value = NEXT[theme.value];
  applyTheme();
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Where nothing may be kept, it holds until the page is closed.
  }
}

/** Has the style sheet follow. */
export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

function kept(): 'system' | 'light' | 'dark' {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'light' || text === 'dark' ? text : 'system';
  } catch {
    return 'system';
  }
}
