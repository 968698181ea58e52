using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Netpol.Bundle;

namespace Netpol.Tests.Unit.Loader;

public sealed class ContentDigestTests
{
    /// <summary>FIPS 180-4's examples.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void It_is_SHA_256(string text, string expected) => Assert.Equal(expected, ContentDigest.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Two_parts_have_the_digest_of_the_whole()
    {
        Random random = new(1);
        for (var length = 0; length < 300; length++)
        {
            var content = new byte[length];
            random.NextBytes(content);
            var cut = random.Next(length + 1);

            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), ContentDigest.Of(content.AsSpan(0, cut), content.AsSpan(cut)));
        }
    }

    /// <summary>A node without OpenSSL would abort in the middle of an attachment.</summary>
    [Theory]
    [InlineData("Netpol.Dsl")]
    [InlineData("Netpol.Bundle")]
    [InlineData("Netpol.Loader")]
    [InlineData("Netpol.Observe")]
    [InlineData("Netpol.Compiler")]
    [InlineData("Netpol.Toolchain")]
    [InlineData("netpol")]
    public void Nothing_asks_the_systems_cryptography(string assembly) =>
        Assert.DoesNotContain("System.Security.Cryptography", Assembly.Load(assembly).GetReferencedAssemblies().Select(name => name.Name));
}
