using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Conformance.Core.Tensors;

namespace Conformance.External.Tests;

/// <summary>
/// A command that does what its first argument says: loss = logits + 2·labels and gradient = logits − labels in float32, or one of the ways
/// in which a command can go wrong.
/// </summary>
internal static partial class SampleCommand
{
    public const string Verb = "sample-command";

    public static string Program { get; } = Path.Combine(
        AppContext.BaseDirectory, typeof(SampleCommand).Assembly.GetName().Name + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));

    /// <summary>The template of a behaviour.</summary>
    public static string Template(string behaviour, string rest = "{logits} {labels} {output}") => $"\"{Program}\" {Verb} {behaviour} {rest}";

    public static int Run(string[] arguments)
    {
        string behaviour = arguments[0];
        string output = arguments.Length > 3 ? arguments[3] : string.Empty;
        float[] logits = Read(arguments[1]);
        float[] labels = Read(arguments[2]);
        float[] losses = [.. logits.Zip(labels, (x, z) => x + (2 * z))];
        byte[] header = NpyFormat.HeaderOf("<f4", 2, 5, 10);
        byte[] file = [.. header, .. MemoryMarshal.AsBytes<float>(losses)];
        switch (behaviour)
        {
            case "right":
                File.WriteAllBytes(output, file);
                if (arguments.Length > 4)
                {
                    File.WriteAllBytes(arguments[4], [.. header, .. MemoryMarshal.AsBytes<float>([.. logits.Zip(labels, (x, z) => x - z)])]);
                }

                break;
            case "sum":
                File.WriteAllBytes(output, [.. NpyFormat.HeaderOf("<f4"), .. BitConverter.GetBytes(arguments[4] == "sum" ? 1f : 2f)]);
                break;
            case "returns":
                Console.Out.WriteLine("on standard output");
                for (int i = 0; i < 100; i++)
                {
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"line {i}"));
                }

                return int.Parse(arguments[4], CultureInfo.InvariantCulture);
            case "silent":
                Console.Error.WriteLine("nothing to do");
                break;
            case "folder":
                Directory.CreateDirectory(output);
                break;
            case "empty":
                File.WriteAllBytes(output, []);
                break;
            case "pipe":
                _ = NativeMakePipe(output, Convert.ToInt32("600", 8));
                break;
            case "device":
                File.CreateSymbolicLink(output, "/dev/zero");
                break;
            case "text":
                File.WriteAllText(output, "0.5 0.5\n");
                break;
            case "truncated":
                File.WriteAllBytes(output, file[..^3]);
                break;
            case "truncated_header":
                File.WriteAllBytes(output, file[..70]);
                break;
            case "longer":
                File.WriteAllBytes(output, [.. file, .. file]);
                break;
            case "huge":
                using (FileStream stream = File.Create(output))
                {
                    stream.Write(header);
                    stream.SetLength(20L << 30);
                }

                break;
            case "fortran":
                File.WriteAllBytes(output, Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file).Replace("False,", "True, ", StringComparison.Ordinal)));
                break;
            case "header":
                File.WriteAllBytes(output, [.. NpyFormat.HeaderOf(arguments[4], [.. arguments[5].Split(',').Select(int.Parse)]), .. file[header.Length..]]);
                break;
            case "vast":
                File.WriteAllBytes(output, Encoding.Latin1.GetBytes(
                    Encoding.Latin1.GetString(file).Replace("(2, 5, 10)", "(99999999999,)", StringComparison.Ordinal)));
                break;
            case "changes_inputs":
                File.WriteAllBytes(output, file);
                File.WriteAllBytes(arguments[1], [0]);
                File.Delete(arguments[2]);
                break;
            case "leaves_child":
                File.WriteAllBytes(output, file);
                using (Process child = Process.Start("sleep", "300"))
                {
                    File.WriteAllText(arguments[4], child.Id.ToString(CultureInfo.InvariantCulture));
                }

                return int.Parse(arguments[5], CultureInfo.InvariantCulture);
            case "hungry":
                byte[] held = new byte[400 << 20];
                held.AsSpan().Fill(1);
                Thread.Sleep(Timeout.Infinite);
                GC.KeepAlive(held);
                break;
            case "shares_memory":
                // Holds memory until another one, which notes that it runs as well, has been ended and has lost its folder.
                string folder = Path.GetDirectoryName(output)!;
                File.WriteAllText(Path.Combine(arguments[4], Path.GetFileName(folder)), string.Empty);
                byte[] share = new byte[200 << 20];
                share.AsSpan().Fill(1);
                while (Directory.GetFiles(arguments[4]).All(note => Directory.Exists(Path.Combine(Path.GetDirectoryName(folder)!, Path.GetFileName(note)))))
                {
                    Thread.Sleep(20);
                }

                GC.KeepAlive(share);
                File.WriteAllBytes(output, file);
                break;
            case "chatty":
                for (int i = 0; i < 20_000; i++)
                {
                    Console.Out.WriteLine("a line that nobody needs, as long as such lines are");
                    Console.Error.WriteLine("a line that nobody needs, as long as such lines are");
                }

                File.WriteAllBytes(output, file);
                break;
            case "reads_input":
                File.WriteAllBytes(output, Console.In.ReadToEnd().Length == 0 ? file : []);
                break;
            case "tells":
                Console.Error.WriteLine(string.Join('\n', arguments[4..]));
                Console.Error.WriteLine(Environment.CurrentDirectory);
                return 1;
            default:
                throw new ArgumentException(behaviour);
        }

        return 0;
    }

    private static float[] Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        NpyHeader header = NpyFormat.ReadHeader(stream);
        if (header.DTypeName != "float32" || header.IsFortranOrder)
        {
            return [];
        }

        float[] values = new float[header.Shape.Aggregate(1L, (count, extent) => count * extent)];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeMakePipe(string path, int mode);
}
