package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.Validators;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.BodyMode;
import dev.fetchonce.internal.origin.BodyPolicy;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.Origin;
import dev.fetchonce.internal.origin.TimeLimit;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The exchanges with an origin for stored responses: conditional where a stored response can be confirmed. Thread-safe.
 */
final class ConditionalExchange {
    private final FreshnessPolicy freshness;
    private final Origin origin;
    private final CacheClock clock;
    private final Recorder recorder;

    ConditionalExchange(FreshnessPolicy freshness, Origin origin, CacheClock clock, Recorder recorder) {
        this.freshness = freshness;
        this.origin = origin;
        this.clock = clock;
        this.recorder = recorder;
    }

    /**
     * Makes the exchange. If its conditions were in vain, one more request leaves them out.
     *
     * @param limit the limit on the time of all requests together
     * @param originRequest the request without conditions
     */
    OriginReply exchange(TimeLimit limit, CacheRequest request, HttpRequest originRequest, Validation validation)
            throws InterruptedException {
        List<StoredResponse> candidates = freshness.candidates(validation.pinned(), validation.variants());
        if (candidates.isEmpty()) {
            return exchangeOnce(limit, request, originRequest, validation, List.of());
        }
        Map<String, String> conditions = Validators.conditions(validation.way(), validation.pinned(), candidates);
        List<StoredResponse> askedAbout = conditions.isEmpty()
                ? List.of()
                : Validators.askedAbout(validation.way(), validation.pinned(), candidates);
        OriginReply first =
                exchangeOnce(limit, request, OriginRequests.with(conditions, originRequest), validation, askedAbout);
        return first.inVain() && !limit.deadline().passed()
                ? exchangeOnce(limit, request, originRequest, first.validationInVain(), List.of())
                : first;
    }

    private OriginReply exchangeOnce(
            TimeLimit limit,
            CacheRequest request,
            HttpRequest originRequest,
            Validation validation,
            List<StoredResponse> askedAbout)
            throws InterruptedException {
        long sentAt = clock.now();
        long begun = System.nanoTime();
        Instant at = clock.instant();
        BodyPolicy bodies = (status, headers) -> !askedAbout.isEmpty() && OriginReply.ofCondition(status)
                ? BodyMode.REFUSE
                : bodyMode(request, status, headers, at);
        recorder.sent();
        ExchangeResult exchange =
                origin.exchange(limit, originRequest, request.target().name(), bodies);
        try {
            long now = clock.now();
            recorder.exchanged(System.nanoTime() - begun);
            ReceiptTime received = new ReceiptTime(now, clock.instant(), Math.max(0, now - sentAt));
            return OriginReply.of(exchange, validation, askedAbout, received);
        } catch (Throwable e) { // for example from the clock of the application
            exchange.abandon();
            throw e;
        }
    }

    /**
     * Returns the treatment of the body of a response with such a head. The HTTP client reads a response as it arrives
     * when the response is for that caller alone, or too long to be kept.
     */
    private BodyMode bodyMode(CacheRequest request, int status, HttpHeaders headers, Instant at) {
        return switch (request.callerKind()) {
            case VALUE_API, BACKGROUND -> BodyMode.REFUSE_LONGER;
            case HTTP_CLIENT, BACKOFF_CLIENT ->
                freshness.forOne(request.context(), status, headers, at).isPresent()
                        ? BodyMode.STREAM
                        : BodyMode.STREAM_LONGER;
        };
    }
}
