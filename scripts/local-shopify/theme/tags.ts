/**
 * Shopify's Liquid tags that liquidjs does not have. An extension gets fewer than a theme: Shopify refuses the rest
 * there (theme check `AppBlockValidTags`).
 */
import {
  type Context,
  type Emitter,
  Hash,
  type Liquid,
  type Parser,
  RenderTag,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs';

export type TagFacts = {
  /** HTML of a static section; only a theme has it. */
  section?(name: string): string;
};

/** What `{% render block %}` meets: an app block of the section at hand. */
export type RenderedBlock = { renderAppBlock(): string };

/** Teaches an engine Shopify's tags. */
export function registerTags(engine: Liquid, { section }: TagFacts): void {
  for (const name of ['schema', 'doc', 'stylesheet', 'javascript']) registerSilent(engine, name);
  engine.registerTag('style', wrapping({ name: 'style', open: () => '<style data-shopify>' }));
  engine.registerTag('form', wrapping({ name: 'form', open: openForm }));
  if (!section) return;
  engine.registerTag(
    'section',
    class extends Tag {
      private readonly file: string;
      constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
        super(token, rest, liquid);
        this.file = token.args.trim().replace(/^['"]|['"]$/g, '');
      }
      render(): string {
        return section(this.file);
      }
    },
  );
  engine.registerTag('render', renderTag(engine));
}

/** A tag whose content is kept for others to read and leaves nothing on the page. */
function registerSilent(engine: Liquid, name: string): void {
  engine.registerTag(
    name,
    class extends Tag {
      constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
        super(token, rest, liquid);
        for (let next = rest.shift(); next; next = rest.shift()) {
          if ('name' in next && next.name === `end${name}`) return;
        }
        throw new Error(`{% ${name} %} is not closed`);
      }
      render(): string {
        return '';
      }
    },
  );
}

type Wrapper = {
  name: string;
  open(kind: string, named: Readonly<Record<string, unknown>>): string;
};

/** A tag that puts its content between a start and an end of HTML. */
function wrapping({ name, open }: Wrapper) {
  return class extends Tag {
    private readonly content: Template[] = [];
    private readonly kind: string;
    private readonly hash: Hash;
    constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
      super(token, rest, liquid);
      const [, kind = '', more = ''] = /^\s*['"]?([\w-]*)['"]?\s*,?(.*)$/s.exec(token.args) ?? [];
      this.kind = kind;
      // `form 'product', product, id: x`: the object is known by its kind; only named arguments count.
      this.hash = new Hash(more.replace(/^\s*[\w.]+\s*(,|$)/, ''));
      const stream = parser
        .parseStream(rest)
        .on(`tag:end${name}`, () => stream.stop())
        .on('template', (template: Template) => this.content.push(template))
        .on('end', () => {
          throw new Error(`{% ${name} %} is not closed`);
        });
      stream.start();
    }
    *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
      const named = (yield this.hash.render(context)) as Record<string, unknown>;
      emitter.write(open(this.kind, named));
      yield this.liquid.renderer.renderTemplates(this.content, context, emitter);
      emitter.write(`</${name}>`);
    }
  };
}

const FORM_ACTIONS: Readonly<Record<string, string>> = {
  product: '/cart/add',
  cart: '/cart',
  localization: '/localization',
};

function openForm(kind: string, named: Readonly<Record<string, unknown>>): string {
  const action = FORM_ACTIONS[kind];
  if (action === undefined) throw new Error(`not simulated: {% form '${kind}' %}`);
  const { return_to: back, ...rest } = named;
  const more = Object.entries(rest)
    .map(([name, value]) => ` ${name}="${String(value).replaceAll('"', '&quot;')}"`)
    .join('');
  const returnTo =
    back === undefined ? '' : `<input type="hidden" name="return_to" value="${String(back)}">`;
  return `<form method="post" action="${action}" accept-charset="UTF-8" enctype="application/x-www-form-urlencoded"${more}><input type="hidden" name="form_type" value="${kind}">${returnTo}`;
}

/** `render 'snippet'` as liquidjs has it, and `render block` for an app block. */
function renderTag(engine: Liquid) {
  return class extends Tag {
    private readonly inner: Tag | undefined;
    private readonly variable: string;
    constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid, parser: Parser) {
      super(token, rest, liquid);
      const isSnippet = /^\s*['"]/.test(token.args);
      this.variable = token.args.trim();
      this.inner = isSnippet ? new RenderTag(token, rest, liquid, parser) : undefined;
    }
    *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
      if (this.inner) {
        yield this.inner.render(context, emitter);
        return;
      }
      const block = engine.evalValueSync(this.variable, context);
      if (typeof block?.renderAppBlock !== 'function') {
        throw new Error(`{% render ${this.variable} %} is no app block`);
      }
      emitter.write(block.renderAppBlock());
    }
  };
}
