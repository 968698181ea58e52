using System.Text.Json;
using System.Text.Json.Serialization;

namespace Netpol.Lsp.Protocol;

/// <summary>How the protocol's types are read and written, made when this is compiled.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(InitializeRequest))]
[JsonSerializable(typeof(InitializeResult))]
[JsonSerializable(typeof(DidOpen))]
[JsonSerializable(typeof(DidChange))]
[JsonSerializable(typeof(DocumentRequest))]
[JsonSerializable(typeof(DocumentPosition))]
[JsonSerializable(typeof(RangeRequest))]
[JsonSerializable(typeof(ReferencesRequest))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(CodeActionRequest))]
[JsonSerializable(typeof(PublishedDiagnostics))]
[JsonSerializable(typeof(LogMessage))]
[JsonSerializable(typeof(HoverAnswer))]
[JsonSerializable(typeof(CompletionAnswer))]
[JsonSerializable(typeof(Location[]))]
[JsonSerializable(typeof(DocumentHighlight[]))]
[JsonSerializable(typeof(DocumentSymbol[]))]
[JsonSerializable(typeof(RenamePlace))]
[JsonSerializable(typeof(WorkspaceEdit))]
[JsonSerializable(typeof(TextEdit[]))]
[JsonSerializable(typeof(CodeAction[]))]
[JsonSerializable(typeof(InlayHint[]))]
[JsonSerializable(typeof(SemanticTokens))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
