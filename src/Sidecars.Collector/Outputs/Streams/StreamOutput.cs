using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs.Streams;

/// <summary>
/// Batches written one after the other to a TCP, TLS or Unix stream socket. There is no acknowledgement by the receiving program in
/// such a stream: a batch counts as delivered when the receiver's system has it all (for a Unix socket: when the receiver read it). What
/// a receiver that dies had not read yet is lost. After a connection broke, the batch goes again as a whole over a new one.
/// </summary>
internal sealed class StreamOutput(string name, StreamTarget target) : Output(name)
{
    private StreamConnection? _connection;

    /// <summary>Whether the next batch goes over the connection that there is.</summary>
    public bool IsConnected => _connection?.IsUsable == true;

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var isConnected = false;
        try
        {
            if (!IsConnected)
            {
                Close();
            }

            _connection ??= await StreamConnection.OpenAsync(target, cancellationToken).ConfigureAwait(false);
            isConnected = true;
            await _connection.WriteAsync(batch.Payload, cancellationToken).ConfigureAwait(false);
            await _connection.WaitTakenAsync(cancellationToken).ConfigureAwait(false);
            return Delivery.Acknowledged;
        }
        catch (Exception exception) when (StreamFailure.Is(exception))
        {
            Close();
            return StreamFailure.Of(exception, target.Address, isConnected);
        }
        catch
        {
            // given up in the middle of a message
            Close();
            throw;
        }
    }

    public override void Flush()
    {
        _connection?.Finish();
        Close();
    }

    public override void Dispose() => Close();

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
