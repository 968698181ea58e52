using System.Text;
using System.Text.Json;
using Netpol.Loader.State;

namespace Netpol.Tests.Unit.Loader;

public sealed class PlainEncoderTests
{
    [Fact]
    public void Every_character_comes_back()
    {
        StringBuilder all = new();
        for (var scalar = 0; scalar <= 0x1ffff; scalar++)
        {
            if (Rune.IsValid(scalar))
            {
                all.Append(new Rune(scalar).ToString());
            }
        }

        Assert.Equal(all.ToString(), Read(Write(all.ToString())));
    }

    [Theory]
    [InlineData("a/ü<'&", "\"a/ü<'&\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("a\\b", "\"a\\\\b\"")]
    [InlineData("\0\n\u001f", "\"\\u0000\\u000a\\u001f\"")]
    public void Nothing_is_escaped_but_what_must_be(string text, string json) => Assert.Equal(json, Encoding.UTF8.GetString(Write(text)));

    [Theory]
    [InlineData("a\ud800b")]
    [InlineData("\udc00")]
    public void Half_a_pair_becomes_the_replacement_character(string text) =>
        Assert.Equal(text.Replace('\ud800', '\ufffd').Replace('\udc00', '\ufffd'), Read(Write(text)));

    private static byte[] Write(string text)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Encoder = PlainEncoder.Instance }))
        {
            json.WriteStringValue(text);
        }

        return stream.ToArray();
    }

    private static string? Read(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetString();
    }
}
