// Repeats one failure that `conformance check` found, by the script beside it, with the interpreter that has what the function needs:
//
//     dotnet run Repro.cs
//
// Exit code 1 says that it still fails, 0 that it does not.
using System.Diagnostics;

// <data>
const string Python = "python3";
// </data>

using Process script = Process.Start(Python, [Path.Combine(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".", "repro.py")]);
script.WaitForExit();
return script.ExitCode;
