using Microsoft.Win32.SafeHandles;

namespace Sidecars.Faults;

/// <summary>
/// A writer as applications are: it appends lines to one path, of any length, now and then in two parts, and the file is moved away,
/// deleted or truncated under it. It never loses a line itself: a full disk makes it wait, as what is not written was not said.
/// </summary>
internal sealed class LogWriter(WrittenFiles written, Delivered delivered, int number, string path, WriterHabits habits, Random random) : IDisposable
{
    private const int NoSpace = 28;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    private SafeFileHandle? _handle;
    private WrittenFile _file = written.Begin(new FileKey(number, 0));
    private long _position;
    private int _moves;
    private byte[] _line = new byte[4096];

    /// <summary>The file that is written to.</summary>
    public WrittenFile File => _file;

    /// <summary>Writes until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(Tick);
        while (!stop.IsCancellationRequested)
        {
            await WriteLinesAsync(random.Next(1, habits.LinesPerTick + 1)).ConfigureAwait(false);
            if (habits.Changes.Count > 0 && random.NextDouble() < habits.ChangeChance)
            {
                await ChangeAsync(habits.Changes[random.Next(habits.Changes.Count)]).ConfigureAwait(false);
            }

            if (habits.IsPaced)
            {
                await pace.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Appends so many lines.</summary>
    public async Task WriteLinesAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await WriteLineAsync(habits.LengthOfLine(random)).ConfigureAwait(false);
        }
    }

    /// <summary>Appends a line without its newline.</summary>
    public Task WriteLastLineAsync() => AppendAsync(Line(habits.LengthOfLine(random))[..^1]);

    /// <summary>What becomes of the file.</summary>
    public async Task ChangeAsync(FileChange change)
    {
        switch (change)
        {
            case FileChange.RenameAndCreate:
                await MoveAsync(isCreatedFirst: true).ConfigureAwait(false);
                break;
            case FileChange.RenameBeforeCreate:
                await MoveAsync(isCreatedFirst: false).ConfigureAwait(false);
                break;
            case FileChange.Delete when delivered.PlaceIn(_file.Key) > 0:
                // the collector has it open: what it never saw it cannot be asked for
                System.IO.File.Delete(path);
                await WriteLinesAsync(random.Next(habits.LateLines + 1)).ConfigureAwait(false);
                Reopen();
                break;
            case FileChange.Truncate:
                Truncate();
                break;
            case FileChange.TruncateAndRegrow:
                await RegrowAsync().ConfigureAwait(false);
                break;
        }
    }

    public void Dispose() => _handle?.Dispose();

    private async Task MoveAsync(bool isCreatedFirst)
    {
        _handle ??= Open();
        System.IO.File.Move(path, $"{path}.{_moves++}");
        var fresh = isCreatedFirst ? Open() : null;
        await WriteLinesAsync(random.Next(habits.LateLines + 1)).ConfigureAwait(false);
        Reopen(fresh);
    }

    private void Reopen(SafeFileHandle? fresh = null)
    {
        _handle?.Dispose();
        _handle = fresh ?? Open();
        _position = 0;
        Next();
    }

    private void Next() => _file = written.Begin(_file.Key with { File = _file.Key.File + 1 });

    private void Truncate()
    {
        _handle ??= Open();
        _file.IsTruncated = true;
        RandomAccess.SetLength(_handle, 0);
        _position = 0;
        Next();
    }

    /// <summary>Truncated, and before anybody can look longer than before: lines of the lengths that were there, and more.</summary>
    private async Task RegrowAsync()
    {
        _handle ??= Open();
        var size = _position;
        _file.IsTruncated = true;
        Next();
        using var text = new MemoryStream();
        while (text.Length <= size)
        {
            text.Write(Line(habits.LengthOfLine(random)).Span);
        }

        var bytes = text.ToArray();
        RandomAccess.SetLength(_handle, 0);
        _position = 0;
        await AppendAsync(bytes).ConfigureAwait(false);
    }

    private async Task WriteLineAsync(int length)
    {
        var line = Line(length);
        if (habits.IsSplitting && length >= 2 * LineText.Shortest && random.Next(20) == 0)
        {
            var part = random.Next(LineText.Shortest, length - LineText.Shortest + 1);
            await AppendAsync(line[..part]).ConfigureAwait(false);
            line = line[part..];
        }

        await AppendAsync(line).ConfigureAwait(false);
    }

    private ReadOnlyMemory<byte> Line(int length)
    {
        if (_line.Length <= length)
        {
            _line = new byte[2 * length];
        }

        LineText.Fill(_line.AsSpan(0, length), _file.Key, _file.Add(length), 0);
        _line[length] = (byte)'\n';
        return _line.AsMemory(0, length + 1);
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        _handle ??= Open();
        while (true)
        {
            try
            {
                RandomAccess.Write(_handle, bytes.Span, _position);
                _position += bytes.Length;
                return;
            }
            catch (IOException exception) when ((exception.HResult & 0xFFFF) == NoSpace)
            {
                await Task.Delay(Tick).ConfigureAwait(false);
            }
        }
    }

    private SafeFileHandle Open() =>
        System.IO.File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
