import {
  type KyselyPlugin,
  type OperationNode,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  RawNode,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';

/** A name that the library wrote as it is: one fragment, nothing in between. */
function isBareName(node: OperationNode | undefined): node is RawNode {
  return node !== undefined && RawNode.is(node) && node.parameters.length === 0 && node.sqlFragments.length === 1;
}

class ArgumentNameQuoter extends OperationNodeTransformer {
  protected override transformRaw(node: RawNode): RawNode {
    const raw = super.transformRaw(node);
    const parameters = raw.parameters.map((parameter, place) =>
      raw.sqlFragments[place + 1]?.startsWith(' := ') && isBareName(parameter)
        ? RawNode.createWithSql(`"${parameter.sqlFragments[0]!.replaceAll('"', '""')}"`)
        : parameter,
    );
    return { ...raw, parameters };
  }
}

/**
 * Quotes the names of function arguments, as PostgREST does: the library writes `limit := $1`, which Postgres refuses for every
 * argument that is named like a keyword.
 */
export class QuoteArgumentNames implements KyselyPlugin {
  readonly #quoter = new ArgumentNameQuoter();

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return this.#quoter.transformNode(node);
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }
}
