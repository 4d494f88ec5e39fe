namespace Sidecars.Collector.Outputs.Http;

/// <summary>
/// What a status means for a batch. The line is drawn between what another batch would be answered too (a wrong address, wrong
/// credentials, an overload), where waiting and mending help and the lines stay in the file, and what is about this batch's content.
/// </summary>
internal static class HttpVerdict
{
    public static Delivery Of(in HttpReply reply)
    {
        if (reply.Failure is { } failure)
        {
            return failure;
        }

        return reply.Status switch
        {
            >= 200 and < 300 => Delivery.Acknowledged,
            >= 300 and < 400 => Delivery.Failed("redirect", $"{reply.Words()}; redirects are not followed, put the new address into the configuration: {reply.Location}"),
            401 or 403 or 407 => Delivery.Failed("unauthorized", $"{reply.Words()}; the credentials are missing, wrong or have no right to do this", reply.RetryAfter),
            404 or 405 or 410 or 415 or 421 or 426 or 431 => Delivery.Failed("address", $"{reply.Words()}; nothing there takes such requests, the address or the protocol is wrong", reply.RetryAfter),
            429 => Delivery.Failed("throttled", reply.Words(), reply.RetryAfter),
            408 or 425 or >= 500 => Delivery.Failed("unavailable", reply.Words(), reply.RetryAfter),
            413 => Delivery.Refused("too_large", reply.Words()),
            _ => Delivery.Refused("refused", reply.Words()),
        };
    }
}
