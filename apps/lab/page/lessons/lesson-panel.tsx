export function LessonPanel() {
  return <section aria-label="lesson" class="lesson empty">Lesson</section>;
}
