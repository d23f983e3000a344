export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Something said in every language there is. */
export type Translated<T> = Record<Language, T>;

/** The nearest to a language by its IETF tag (`ko-KR`): English for what is not spoken. */
export function languageOf(tag: string | null | undefined): Language {
  const [primary] = (tag ?? '').toLowerCase().split('-');
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}
