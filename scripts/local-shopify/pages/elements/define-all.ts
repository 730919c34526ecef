/** Registers every stand-in on a page and gives overlays their commands. */
import { ACTIONS, toggle } from './actions.tsx';
import { defineElement, StandIn } from './element.tsx';
import { FORMS } from './forms.tsx';
import { LAYOUT } from './layout.tsx';
import { POS } from './pos.tsx';
import { TABLE } from './table.tsx';
import { TEXT } from './text.tsx';

export const DEFINITIONS = [...LAYOUT, ...TEXT, ...ACTIONS, ...FORMS, ...TABLE, ...POS];

export function defineElements(): void {
  StandIn.prototype.runCommand = function runCommand(command: string) {
    toggle(this, command);
  };
  for (const definition of DEFINITIONS) defineElement(definition);
}
