using Conformance.Core;

namespace Conformance.External.Tests;

public sealed class CommandTemplateTests
{
    private const string Files = " {logits} {labels} {output}";

    [Theory]
    [InlineData("./mybin", new[] { "./mybin" })]
    [InlineData("  a\t b  ", new[] { "a", "b" })]
    [InlineData("'a b' \"c d\" e' 'f", new[] { "a b", "c d", "e f" })]
    [InlineData("a '' b", new[] { "a", "", "b" })]
    [InlineData("\"it's\" 'say \"x\"' \"say \\\"x\\\"\"", new[] { "it's", "say \"x\"", "say \"x\"" })]
    [InlineData("a\\ b \\' \\\"", new[] { "a b", "'", "\"" })]
    [InlineData(@"C:\tools\my.exe \\server\share\my.exe", new[] { @"C:\tools\my.exe", @"\\server\share\my.exe" })]
    [InlineData("\"C:\\Program Files\\my.exe\" 'C:\\a b\\'", new[] { @"C:\Program Files\my.exe", @"C:\a b\" })]
    [InlineData("sh -c 'awk {{x}} | sort > $1; echo `date` * {{}} {}' --", new[] { "sh", "-c", "awk {x} | sort > $1; echo `date` * {} {}", "--" })]
    public void Parse_Quotes_SplitsAsShellsDo(string text, string[] words) =>
        Assert.Equal([.. words, "L", "B", "O"], CommandTemplate.Parse(text + Files).Fill(Values));

    [Fact]
    public void Fill_Placeholders_StayWithinTheirWords()
    {
        CommandTemplate template = CommandTemplate.Parse("run --in={logits},{labels} '{output}' {dtype}/{shape}/{reduction} {gradient}");

        Assert.Equal(["run", "--in=L,B", "O", "T/S/R", "a 'path' {logits}"], template.Fill(Values));
        Assert.True(template.HasGradient);
        Assert.True(template.HasReduction);
    }

    [Fact]
    public void Parse_RequiredPlaceholdersAlone_HasNeitherGradientNorReduction()
    {
        CommandTemplate template = CommandTemplate.Parse(@"C:\tools\my.bin.exe" + Files);

        Assert.False(template.HasGradient);
        Assert.False(template.HasReduction);
        Assert.Equal(("my.bin", @"C:\tools\my.bin.exe" + Files), (template.ProgramName, template.ToString()));
        Assert.Equal("mybin", CommandTemplate.Parse("./out/mybin" + Files).ProgramName);
    }

    [Theory]
    [InlineData("./mybin {logits} {labels}", "The command './mybin {logits} {labels}' has no {output}; it must have {logits}, {labels} and {output}, where the paths of files go, and may have any of {logits}, {labels}, {output}, {gradient}, {reduction}, {dtype}, {shape}.")]
    [InlineData("./mybin {{logits}} {labels}", "The command './mybin {{logits}} {labels}' has no {logits} and no {output}; it must have {logits}, {labels} and {output}, where the paths of files go, and may have any of {logits}, {labels}, {output}, {gradient}, {reduction}, {dtype}, {shape}.")]
    [InlineData("./mybin {logits} {labels} {output} {grad}", "The command './mybin {logits} {labels} {output} {grad}' has the placeholder {grad}, which is none of {logits}, {labels}, {output}, {gradient}, {reduction}, {dtype}, {shape}; write {{grad}} where braces are meant.")]
    [InlineData("./mybin {Logits} {labels} {output}", "The command './mybin {Logits} {labels} {output}' has the placeholder {Logits}, which is none of {logits}, {labels}, {output}, {gradient}, {reduction}, {dtype}, {shape}; write {{Logits}} where braces are meant.")]
    [InlineData("'./mybin {logits}", "The command ''./mybin {logits}' has a ' without its end; close it, or write \\' where the character is meant.")]
    [InlineData("{logits} {labels} {output}", "The command '{logits} {labels} {output}' begins with a placeholder; begin with the program to run.")]
    [InlineData("", "The command is empty; give a program with {logits}, {labels} and {output}, for example './mybin {logits} {labels} {output}'.")]
    [InlineData("'' {logits} {labels} {output}", "The command is empty; give a program with {logits}, {labels} and {output}, for example './mybin {logits} {labels} {output}'.")]
    public void Parse_TemplateThatCannotWork_SaysWhy(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidInputException>(() => CommandTemplate.Parse(text)).Message);

    private static Dictionary<string, string> Values { get; } = new()
    {
        ["logits"] = "L",
        ["labels"] = "B",
        ["output"] = "O",
        ["gradient"] = "a 'path' {logits}",
        ["reduction"] = "R",
        ["dtype"] = "T",
        ["shape"] = "S",
    };
}
