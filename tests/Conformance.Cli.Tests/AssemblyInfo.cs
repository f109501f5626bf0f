// Verbs that run in this process print what they have to say, which is of interest where a test fails.
[assembly: CaptureConsole]
