using System.IO.Compression;
using Sidecars.Collector.Options;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>Makes payloads smaller, in a buffer that is used again.</summary>
internal abstract class PayloadCompressor : IDisposable
{
    /// <summary>The word for Content-Encoding.</summary>
    public abstract string Encoding { get; }

    /// <summary>The compressor for a kind and level; null for none.</summary>
    public static PayloadCompressor? Create(Compression kind, int level) => kind switch
    {
        Compression.Gzip => new GzipCompressor(level),
        Compression.Zstd => new ZstdCompressor(level),
        _ => null,
    };

    /// <summary>The compressed bytes, valid until the next call.</summary>
    public abstract ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> payload);

    public abstract void Dispose();

    private sealed class GzipCompressor(int level) : PayloadCompressor
    {
        private readonly MemoryStream _output = new();
        private readonly ZLibCompressionOptions _options = new() { CompressionLevel = level };

        public override string Encoding => "gzip";

        public override ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> payload)
        {
            _output.SetLength(0);
            using (var gzip = new GZipStream(_output, _options, leaveOpen: true))
            {
                gzip.Write(payload.Span);
            }

            return _output.GetBuffer().AsMemory(0, (int)_output.Length);
        }

        public override void Dispose() => _output.Dispose();
    }

    private sealed class ZstdCompressor(int level) : PayloadCompressor
    {
        private readonly ZstdSharp.Compressor _compressor = new(level);
        private byte[] _output = [];

        public override string Encoding => "zstd";

        public override ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> payload)
        {
            var most = ZstdSharp.Compressor.GetCompressBound(payload.Length);
            if (_output.Length < most)
            {
                _output = new byte[most];
            }

            return _output.AsMemory(0, _compressor.Wrap(payload.Span, _output));
        }

        public override void Dispose() => _compressor.Dispose();
    }
}
