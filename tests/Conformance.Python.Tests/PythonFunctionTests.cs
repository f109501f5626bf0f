using Conformance.Core;

namespace Conformance.Python.Tests;

public sealed class PythonFunctionTests
{
    private static readonly string File = Path.Combine(PythonFunctionRun.FolderOfFunctions, "stable.py");

    [Fact]
    public void Parse_FileAndFunction_GivesTheFullPath()
    {
        PythonFunction function = PythonFunction.Parse(Path.GetRelativePath(Environment.CurrentDirectory, File) + ":loss", "--python");

        Assert.Equal(File, function.Module);
        Assert.Equal("loss", function.Name);
        Assert.Equal(File + ":loss", function.ToString());
    }

    [Theory]
    [InlineData("losses:loss", "losses", "loss")]
    [InlineData("my_package.losses_2:Losses.größe", "my_package.losses_2", "Losses.größe")]
    public void Parse_ModuleAndFunction_GivesBoth(string text, string module, string name)
    {
        PythonFunction function = PythonFunction.Parse(text, "--python");

        Assert.Equal(module, function.Module);
        Assert.Equal(name, function.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("losses.py")]
    [InlineData("losses.py:")]
    [InlineData(":loss")]
    [InlineData(@"C:\losses.py")]
    [InlineData("losses.py:2nd")]
    [InlineData("losses.py:loss()")]
    [InlineData("losses.py:loss\n")]
    public void Parse_NoFunction_SaysWhatToGive(string text) => AssertRefused(
        text, $"--gradient is '{text}', which names no function; give file.py:function or package.module:function.");

    [Theory]
    [InlineData("my losses:loss", "my losses")]
    [InlineData("folder/losses:loss", "folder/losses")]
    [InlineData("-m:loss", "-m")]
    public void Parse_NeitherFileNorModule_SaysWhatToGive(string text, string module) => AssertRefused(
        text, $"--gradient is '{text}', and '{module}' is neither a .py file nor the dotted name of a module; give file.py:function or package.module:function.");

    [Fact]
    public void Parse_MissingFile_NamesTheFullPath() => AssertRefused(
        "no-such.py:loss", $"--gradient is 'no-such.py:loss', and there is no file '{Path.GetFullPath("no-such.py")}'; name one that is there.");

    private static void AssertRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidInputException>(() => PythonFunction.Parse(text, "--gradient")).Message);
}
