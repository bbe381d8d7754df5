import type { parse } from '@bufbuild/cel';
import { protoEnums, protoMessages, type ProtoField } from '../../flow/flow-proto.js';
import { Refusal, shown } from '../criterion.js';
import { functionNames } from './meter.js';

export type Expr = ReturnType<typeof parse>['expr'];
type Kind<C extends Expr['exprKind']['case']> = Extract<Expr['exprKind'], { case: C }>;

/** What is known of a value before there is a flow: a field of a message, or a constant. */
type Known = Pick<ProtoField, 'type' | 'isList'> | undefined;

/** What Hubble's compiler refuses and the evaluator would not tell: misspelt names, and comparing unlike things. */
export class Check {
  constructor(private readonly positions: Readonly<Record<string, number>>) {}

  /** `scope` holds the variables of macros. */
  visit(expr: Expr | undefined, scope: ReadonlyMap<string, Known>): Known {
    const kind = expr?.exprKind;
    switch (kind?.case) {
      case 'identExpr':
        return this.#name(expr, kind.value.name, scope);
      case 'selectExpr':
        return this.#select(expr, kind, scope);
      case 'callExpr':
        return this.#call(expr, kind, scope);
      case 'comprehensionExpr':
        this.#loop(kind, scope);
        return undefined;
      case 'constExpr':
        return constant(kind);
      case 'listExpr':
        for (const element of kind.value.elements) this.visit(element, scope);
        return undefined;
      case 'structExpr':
        for (const { value } of kind.value.entries) this.visit(value, scope);
        return undefined;
      default:
        return undefined;
    }
  }

  #refuse(expr: Expr | undefined, reason: string): never {
    const at = this.positions[String(expr?.id)];
    throw new Refusal(`${reason}${at === undefined ? '' : ` at position ${at}`}`);
  }

  #name(expr: Expr | undefined, name: string, scope: ReadonlyMap<string, Known>): Known {
    if (scope.has(name)) return scope.get(name);
    if (name === '_flow') return { type: 'Flow', isList: false };
    if (name === 'flow' || protoEnums.has(name) || typeNames.has(name)) return undefined;
    return this.#refuse(expr, `there is no ${shown(name)}; the flow is called _flow`);
  }

  #select(expr: Expr | undefined, { value }: Kind<'selectExpr'>, scope: ReadonlyMap<string, Known>): Known {
    const { operand, field } = value;
    const values = enumNamed(operand, scope);
    if (values !== undefined) {
      if (![...values.values()].includes(field))
        this.#refuse(expr, `there is no ${shown(field)} among ${[...values.values()].join(', ')}`);
      return { type: 'int32', isList: false };
    }
    if (isPackage(operand, scope) && !protoEnums.has(field) && !protoMessages.has(field))
      this.#refuse(expr, `there is no ${shown(`flow.${field}`)}; the flow is called _flow`);
    const known = this.visit(operand, scope);
    if (known === undefined || known.isList) return undefined;
    const fields = protoMessages.get(known.type);
    if (fields === undefined) return undefined;
    const found = fields.find(({ name }) => name === field);
    if (found !== undefined) return found;
    const names = fields.map(({ name }) => name).join(', ');
    return this.#refuse(expr, `${known.type} has no field ${shown(field)}, only ${names},`);
  }

  #call(expr: Expr | undefined, { value }: Kind<'callExpr'>, scope: ReadonlyMap<string, Known>): Known {
    const { function: name, target, args } = value;
    if (!functionNames.has(name) && !built.has(name))
      this.#refuse(expr, `there is no function ${shown(name)}`);
    const [first, second] = [target, ...args].flatMap((part) =>
      part === undefined ? [] : [this.visit(part, scope)],
    );
    if (comparisons.has(name) && areUnlike(first, second)) {
      const hint = [first, second].some((known) => protoEnums.has(known?.type ?? ''))
        ? `; write ${String([first?.type, second?.type].find((type) => protoEnums.has(type ?? '')))}.NAME`
        : '';
      this.#refuse(expr, `${wordOf(first)} is compared with ${wordOf(second)}${hint}`);
    }
    if (name === '_[_]' && first?.isList === true) return { type: first.type, isList: false };
    return undefined;
  }

  #loop({ value }: Kind<'comprehensionExpr'>, scope: ReadonlyMap<string, Known>): void {
    const range = this.visit(value.iterRange, scope);
    this.visit(value.accuInit, scope);
    const item = range?.isList === true ? { type: range.type, isList: false } : undefined;
    const inner = new Map([...scope, [value.iterVar, item], [value.accuVar, undefined]]);
    for (const part of [value.loopCondition, value.loopStep, value.result]) this.visit(part, inner);
  }
}

/** `flow`, in which the enums are. */
function isPackage(operand: Expr | undefined, scope: ReadonlyMap<string, Known>): boolean {
  const kind = operand?.exprKind;
  return kind?.case === 'identExpr' && kind.value.name === 'flow' && !scope.has('flow');
}

/** `Verdict`, `flow.Verdict`: the values of an enum, unless a macro's variable has that name. */
function enumNamed(
  operand: Expr | undefined,
  scope: ReadonlyMap<string, Known>,
): ReadonlyMap<number, string> | undefined {
  const kind = operand?.exprKind;
  if (kind?.case === 'identExpr' && !scope.has(kind.value.name)) return protoEnums.get(kind.value.name);
  const isIn = kind?.case === 'selectExpr' && isPackage(kind.value.operand, scope);
  return isIn ? protoEnums.get(kind.value.field) : undefined;
}

const typeNames = new Set([
  ...['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'google'],
]);
/** What the evaluator itself knows. */
const built = new Set(['_[_]', '_?_:_', '_&&_', '_||_', '@not_strictly_false']);
const comparisons = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);

function constant({ value }: Kind<'constExpr'>): Known {
  const type = constants.get(String(value.constantKind.case));
  return type === undefined ? undefined : { type, isList: false };
}

const constants = new Map([
  ['stringValue', 'string'],
  ['boolValue', 'bool'],
  ['int64Value', 'int32'],
  ['uint64Value', 'uint64'],
  ['doubleValue', 'uint64'],
]);

/** Numbers of all kinds may be compared, enums among them. */
function wordOf(known: Known): string | undefined {
  if (known === undefined || known.isList) return undefined;
  if (known.type === 'string') return 'a text';
  if (known.type === 'bool') return 'true or false';
  return /^u?int/.test(known.type) || protoEnums.has(known.type) ? 'a number' : undefined;
}

function areUnlike(a: Known, b: Known): boolean {
  const [left, right] = [wordOf(a), wordOf(b)];
  return left !== undefined && right !== undefined && left !== right;
}
