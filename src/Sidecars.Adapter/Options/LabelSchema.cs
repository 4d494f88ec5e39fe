namespace Sidecars.Adapter.Options;

/// <summary>What <see cref="LabelOptionsConverter"/> reads, as a JSON Schema.</summary>
internal static class LabelSchema
{
    public const string Json = """
        {
          "anyOf": [
            { "type": "string" },
            {
              "type": "object",
              "minProperties": 1,
              "maxProperties": 1,
              "additionalProperties": {
                "anyOf": [
                  { "type": "string" },
                  {
                    "type": "object",
                    "required": ["field"],
                    "additionalProperties": false,
                    "properties": {
                      "field": { "type": "string", "description": "A field, or a text with fields in braces: {method} {status}." },
                      "regex": { "type": "string", "description": "What is looked for in the value; the label is its first group, or the whole match." },
                      "replace": { "type": "string", "description": "What the label is instead, with $1 and ${name} for groups." },
                      "path": { "anyOf": [ { "type": "boolean" }, { "type": "array", "items": { "type": "string" } } ], "description": "Makes a URL's path its route: /users/123 is /users/:id. Routes in a list go first: /users/:id/orders/:order, /static/*." },
                      "status_class": { "type": "boolean", "description": "Makes HTTP's status its class: 204 is 2xx." },
                      "case": { "enum": ["lower", "upper"], "description": "All letters small, or all capital." },
                      "map": { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] }, "description": "Words for words." },
                      "default": { "type": ["string", "number", "boolean"], "description": "What the label is where regex, path, status_class or map have nothing for a value. Default: limits.overflow." },
                      "truncate": { "type": "integer", "minimum": 1, "description": "The most characters." }
                    }
                  }
                ]
              }
            }
          ]
        }
        """;
}
