import { Workbench } from './shell/workbench.tsx';

export function App() {
  return <Workbench />;
}
