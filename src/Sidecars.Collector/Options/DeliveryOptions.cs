using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>How much goes to an output at once.</summary>
internal sealed class BatchOptions
{
    [Description("The most bytes of a file in one batch; a longer line is a batch of its own. Default: 1MiB where lines go out as they are, else 512KiB; less where memory.limit leaves less, but no less than follow.line_limit.")]
    [AllowedRange("1KiB", "64MiB")]
    public ByteSize? Bytes { get; set; }

    [Description("The most lines in one batch. Default: as many as there are.")]
    [AllowedRange("1", "1000000")]
    public int? Lines { get; set; }

    [Description("How long to wait for a batch to fill up, for receivers that dislike small ones. Default: 0s, what is there goes at once.")]
    [AllowedRange("0s", "1m")]
    public TimeSpan Age { get; set; }
}

/// <summary>How long to wait before a batch is tried again; twice as long each time, with jitter.</summary>
internal sealed class RetryOptions
{
    [Description("The wait after the first failure. Default: 50ms.")]
    [AllowedRange("1ms", "1m")]
    public TimeSpan First { get; set; } = TimeSpan.FromMilliseconds(50);

    [Description("The longest wait; a receiver that asks for more (Retry-After) gets it, up to 5 minutes. Default: 5s.")]
    [AllowedRange("1ms", "1h")]
    public TimeSpan Most { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Where records go that a receiver refuses for good.</summary>
internal sealed class DeadLetterOptions
{
    [Required]
    [Description("Absolute path of the file: one JSON object a record, with the reason, where it stood, and its bytes.")]
    public string Path { get; set; } = "";

    [Description("The size at which the file becomes PATH.1 and a new one is begun. Default: 16MiB.")]
    [AllowedRange("64KiB", "1TiB")]
    public ByteSize MaxSize { get; set; } = ByteSize.MiB(16);

    [Description("How many such older files are kept. Default: 1.")]
    [AllowedRange("1", "100")]
    public int Keep { get; set; } = 1;
}

/// <summary>The collector's memory for what is on its way.</summary>
internal sealed class MemoryOptions
{
    [Description("The most bytes in flight over all outputs, as read and as written to receivers; each output has an equal part, so that none can take it from another. What does not fit stays in the files. Default: 16MiB.")]
    [AllowedRange("1MiB", "4GiB")]
    public ByteSize Limit { get; set; } = ByteSize.MiB(16);
}
