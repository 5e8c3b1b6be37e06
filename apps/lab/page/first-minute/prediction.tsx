export function Prediction() {
  return null;
}
