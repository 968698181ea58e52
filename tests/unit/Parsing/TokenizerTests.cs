using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Unit.Parsing;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("web api.v1-x _a", "Name:web Name:api.v1-x Name:_a")]
    [InlineData("a->b", "Name:a Arrow:-> Name:b")]
    [InlineData("80/tcp->8080", "Literal:80/tcp Arrow:-> Literal:8080")]
    [InlineData("fd00::/8 ::1 10.0.0.0/8", "Literal:fd00::/8 Literal:::1 Literal:10.0.0.0/8")]
    [InlineData("8000-8099/udp 100Mbit/s 3h", "Literal:8000-8099/udp Literal:100Mbit/s Literal:3h")]
    [InlineData("http/udp", "Name:http Slash:/ Name:udp")]
    [InlineData("80/tcp//x", "Literal:80/tcp")]
    [InlineData("a - b", "Name:a Minus:- Name:b")]
    [InlineData("a==b=c!=d", "Name:a Equal:== Name:b Assign:= Name:c NotEqual:!= Name:d")]
    [InlineData("any anyone not in", "Any:any Name:anyone Not:not In:in")]
    [InlineData("\"a \\\" // b\" c", "String:\"a \\\" // b\" Name:c")]
    [InlineData("a /* b */ c // d", "Name:a Name:c")]
    [InlineData("(a|b)&{;}", "OpenParenthesis:( Name:a Pipe:| Name:b CloseParenthesis:) Ampersand:& OpenBrace:{ Semicolon:; CloseBrace:}")]
    public void Text_becomes_tokens(string text, string expected)
    {
        var source = new SourceFile("a.netpol", text);

        var tokenized = Tokenizer.Tokenize(source);

        Assert.Empty(tokenized.Diagnostics);
        Assert.Equal(expected, string.Join(' ', tokenized.Tokens.Select(token => $"{token.Kind}:{source.TextOf(token.Span)}")));
    }

    [Theory]
    [InlineData("a\nb", true)]
    [InlineData("a\r\nb", true)]
    [InlineData("a\rb", true)]
    [InlineData("a // x\nb", true)]
    [InlineData("a /* x\n */ b", true)]
    [InlineData("a /* x */ b", false)]
    [InlineData("a\tb", false)]
    public void A_token_knows_whether_it_begins_a_line(string text, bool expected)
    {
        var tokenized = Tokenizer.Tokenize(new SourceFile("a.netpol", text));

        Assert.Equal([true, expected], tokenized.Tokens.Select(token => token.HasNewlineBefore));
    }
}
