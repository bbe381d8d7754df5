import { isCelError, parse, plan, type CelValue } from '@bufbuild/cel';
import { create, type Message } from '@bufbuild/protobuf';
import { invalidFilter } from '../../errors.js';
import { readText, Refusal, type Criterion } from '../criterion.js';
import { Check, type Expr } from './check.js';
import { flowMessage, flowType } from './flow-message.js';
import { environment, metered, SPEND } from './meter.js';

/** Of an ordinary expression a flow costs some ten; a filter may cost this much for each flow on the average … */
const COST_OF_A_FLOW = 1_000;
/** … and as much more for a while: about a third of a second. */
const COST_TO_SPARE = 2_000_000;

/**
 * `--cel-expression`: a condition over `_flow`, the message `flow.Flow` with its proto field names. What
 * cannot be evaluated for a flow does not match it. https://cel.dev
 */
export const celExpression: Criterion<string> = {
  field: 'cel_expression',
  most: 10,
  flags: [
    {
      name: 'cel-expression',
      describe: 'condition in CEL over _flow, such as _flow.l4.TCP.destination_port == uint(80)',
    },
  ],
  read(value) {
    const text = readText(value);
    compile(text);
    return text;
  },
  test(texts) {
    const programs = texts.map(compile);
    let allowed = COST_TO_SPARE;
    return ({ json }) => {
      const message = flowMessage(json);
      if (message === undefined) return false;
      const { result, cost, isTooDear } = metered(() =>
        programs.some((program) => program(message) === true),
      );
      allowed = Math.min(COST_TO_SPARE, allowed + COST_OF_A_FLOW - cost);
      if (allowed < 0)
        throw invalidFilter('cel-expression', 'it costs too much: use fewer macros inside of each other');
      return result && !isTooDear;
    };
  },
};

type Program = (flow: Message) => CelValue | undefined;

/** The answer is undefined where there is none. */
function compile(text: string): Program {
  const { expr, sourceInfo } = parsed(text);
  new Check(sourceInfo?.positions ?? {}).visit(expr, new Map());
  const evaluate = plan(environment, priced(expr));
  const program = (flow: Message) => {
    const result = evaluate({ _flow: flow });
    return isCelError(result) ? undefined : result;
  };
  const { result } = metered(() => program(create(flowType)));
  if (result !== undefined && typeof result !== 'boolean')
    throw new Refusal('the expression is neither true nor false');
  return program;
}

function parsed(text: string): ReturnType<typeof parse> {
  try {
    return parse(text);
  } catch (error) {
    // Deeply nested ones overflow the stack of the parser.
    if (error instanceof RangeError) throw new Refusal('the expression is nested too deeply');
    throw new Refusal(reasonOf(error));
  }
}

/** The parser's own words tell the line and the column first. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.replace(/^<input>:(\d+):(\d+): /, 'line $1, column $2: ').slice(0, 500);
}

/** Each turn of a loop costs as much as its body has parts. Changes the expression, which is nobody else's. */
function priced(root: Expr): Expr {
  countParts(root);
  return root;
}

function countParts(expr: Expr | undefined): number {
  const kind = expr?.exprKind;
  if (kind?.case !== 'comprehensionExpr')
    return 1 + partsOf(expr).reduce((sum, part) => sum + countParts(part), 0);
  const loop = kind.value;
  const { loopCondition, loopStep } = loop;
  const turn = countParts(loopCondition) + countParts(loopStep);
  if (loopCondition !== undefined) loop.loopCondition = pricedCondition(loopCondition, turn);
  return turn + [loop.iterRange, loop.accuInit, loop.result].reduce((sum, part) => sum + countParts(part), 0);
}

function pricedCondition(condition: Expr, cost: number): Expr {
  const { expr: call } = parse(`spend(true, ${cost})`);
  const kind = call.exprKind;
  if (kind.case === 'callExpr') {
    kind.value.function = SPEND;
    kind.value.args[0] = condition;
  }
  return call;
}

function partsOf(expr: Expr | undefined): (Expr | undefined)[] {
  const kind = expr?.exprKind;
  if (kind?.case === 'callExpr') return [kind.value.target, ...kind.value.args];
  if (kind?.case === 'selectExpr') return [kind.value.operand];
  if (kind?.case === 'listExpr') return kind.value.elements;
  if (kind?.case === 'structExpr') return kind.value.entries.map(({ value }) => value);
  return [];
}
