/// <summary>The command, run on .npy files in a new folder.</summary>
static class Subject
{
    private static string Descriptor => Failure.DType switch { "float16" => "<f2", "float32" => "<f4", _ => "<f8" };

    public static Output Evaluate(byte[] logits, byte[] labels, string output)
    {
        string folder = Directory.CreateTempSubdirectory("repro-").FullName;
        try
        {
            Dictionary<string, string> values = new() { ["reduction"] = Failure.Reduction, ["dtype"] = Failure.DType, ["shape"] = string.Join('x', Failure.Shape) };
            foreach (string name in (string[])["logits", "labels", "output", "gradient"])
            {
                values[name] = Path.Combine(folder, name + ".npy");
            }

            Write(values["logits"], logits);
            Write(values["labels"], labels);
            string[] words = [.. Words.Select(word => Regex.Replace(word, @"\{\{|\}\}|\{(\w+)\}", match => match.Groups[1].Success ? values[match.Groups[1].Value] : match.Value[..1]))];
            using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = WorkingFolder })!;
            process.WaitForExit();
            return process.ExitCode == 0
                ? Read(values[output == "gradient" ? "gradient" : "output"])
                : throw new InvalidOperationException($"The command ended with exit code {process.ExitCode}.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(string path, byte[] data)
    {
        string header = $"{{'descr': '{Descriptor}', 'fortran_order': False, 'shape': ({string.Concat(Failure.Shape.Select(extent => $"{extent}, "))}), }}";
        header = header.PadRight(((header.Length + 11 + 63) / 64 * 64) - 11) + "\n";
        using FileStream file = File.Create(path);
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        file.Write(Encoding.Latin1.GetBytes(header));
        file.Write(data);
    }

    private static Output Read(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int start = content[6] == 1 ? 10 : 12;
        int length = content[6] == 1 ? BitConverter.ToUInt16(content, 8) : BitConverter.ToInt32(content, 8);
        string header = Encoding.Latin1.GetString(content, start, length);
        string descriptor = Regex.Match(header, "'descr': *'([^']*)'").Groups[1].Value;
        int[] shape = [.. Regex.Matches(Regex.Match(header, @"'shape': *\(([^)]*)\)").Groups[1].Value, @"\d+").Select(extent => int.Parse(extent.Value))];
        byte[] data = content[(start + length)..];
        return descriptor != Descriptor ? new Output(descriptor, shape, data)
            : data.Length == shape.Aggregate(descriptor[^1] - '0', (bytes, extent) => bytes * extent) ? new Output(Failure.DType, shape, data)
            : throw new InvalidOperationException($"'{path}' holds {data.Length} bytes, not those of its shape.");
    }
}
