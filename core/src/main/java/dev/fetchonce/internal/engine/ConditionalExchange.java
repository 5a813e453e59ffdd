package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.concurrent.Deadline;
import dev.fetchonce.internal.flight.ExchangeTimeout;
import dev.fetchonce.internal.http.caching.FreshnessPolicy;
import dev.fetchonce.internal.http.caching.Validators;
import dev.fetchonce.internal.http.stored.ReceiptTime;
import dev.fetchonce.internal.http.stored.StoredResponse;
import dev.fetchonce.internal.origin.BodyMode;
import dev.fetchonce.internal.origin.BodyPolicy;
import dev.fetchonce.internal.origin.ExchangeResult;
import dev.fetchonce.internal.origin.Origin;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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
     * @param alarms sets the alarm that ends the exchange for the current thread
     * @param originRequest the request without conditions
     */
    OriginReply exchange(
            Function<Deadline, ExchangeTimeout> alarms,
            CacheRequest request,
            HttpRequest originRequest,
            Validation validation,
            Deadline deadline)
            throws InterruptedException {
        List<StoredResponse> candidates = freshness.candidates(validation.pinned(), validation.variants());
        if (candidates.isEmpty()) {
            return exchangeOnce(alarms, request, originRequest, validation, List.of(), deadline);
        }
        Map<String, String> conditions = Validators.conditions(validation.way(), validation.pinned(), candidates);
        List<StoredResponse> askedAbout = conditions.isEmpty()
                ? List.of()
                : Validators.askedAbout(validation.way(), validation.pinned(), candidates);
        OriginReply first = exchangeOnce(
                alarms, request, OriginRequests.with(conditions, originRequest), validation, askedAbout, deadline);
        return first.inVain() && !deadline.passed()
                ? exchangeOnce(alarms, request, originRequest, first.validationInVain(), List.of(), deadline)
                : first;
    }

    private OriginReply exchangeOnce(
            Function<Deadline, ExchangeTimeout> alarms,
            CacheRequest request,
            HttpRequest originRequest,
            Validation validation,
            List<StoredResponse> askedAbout,
            Deadline deadline)
            throws InterruptedException {
        long sentAt = clock.now();
        long begun = System.nanoTime();
        Instant at = clock.instant();
        BodyPolicy bodies = (status, headers) -> !askedAbout.isEmpty() && OriginReply.ofCondition(status)
                ? BodyMode.REFUSE
                : bodyMode(request, status, headers, at);
        recorder.sent();
        ExchangeResult exchange =
                origin.exchange(alarms, originRequest, request.target().name(), deadline, bodies);
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
            case HTTP_CLIENT ->
                freshness.forOne(request.context(), status, headers, at).isPresent()
                        ? BodyMode.STREAM
                        : BodyMode.STREAM_LONGER;
        };
    }
}
