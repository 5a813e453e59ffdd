package dev.fetchonce.benchmarks.async;

import dev.fetchonce.Reason;
import dev.fetchonce.internal.http.coding.ContentCodings;
import dev.fetchonce.internal.http.failure.Failure;
import dev.fetchonce.internal.http.failure.RequestedWait;
import dev.fetchonce.internal.json.JsonBinder;
import dev.fetchonce.internal.json.UndecodableException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The verdict on a response. */
sealed interface Verdict {
    /** The response is stored, or it renews the stored response. */
    record Keep(Entry entry) implements Verdict {}

    /**
     * The response is not an answer.
     *
     * @param requested the wait that the origin requests, in nanoseconds, if it requests one
     */
    record Refuse(Failure failure, OptionalLong requested) implements Verdict {
        static Refuse of(Failure failure) {
            return new Refuse(failure, OptionalLong.empty());
        }
    }

    /**
     * The judge of responses.
     *
     * @param ttl how long an answer is fresh, in nanoseconds
     * @param ifError how long it may stand in after that, in nanoseconds
     */
    record Judge(long ttl, long ifError, ContentCodings codings, JsonBinder binder) {

        /**
         * Judges a response. It is decoded to the type that the leader wants, and to all types of the stored response.
         */
        Verdict judge(Flight flight, HttpResponse<byte[]> response) {
            int status = response.statusCode();
            String origin = flight.target().origin();
            if (status == 304) {
                return renewed(flight.pinned(), response, origin);
            }
            if (status == 206) {
                return Refuse.of(Failure.of(Reason.PROTOCOL, origin + " answered 206 to a request for the whole"));
            }
            if (status >= 200 && status <= 299) {
                return kept(flight, response);
            }
            if (status >= 300 && status <= 399) {
                return Refuse.of(Failure.of(Reason.REDIRECT, origin + " redirects, which is not followed"));
            }
            OptionalLong requested =
                    RequestedWait.nanos(status, response.headers(), Instant.now(), AsyncBackoffs.longestNanos());
            return new Refuse(Failure.answered(origin, status, response.headers()), requested);
        }

        private Verdict renewed(@Nullable Entry pinned, HttpResponse<byte[]> response, String origin) {
            return pinned != null && pinned.validatable() && pinned.confirmedBy(response.headers())
                    ? new Keep(pinned.renewed(response.headers(), System.nanoTime(), ttl, ifError))
                    : Refuse.of(Failure.of(Reason.PROTOCOL, origin + " answered 304, but not about any stored answer"));
        }

        private Verdict kept(Flight flight, HttpResponse<byte[]> response) {
            List<String> applied =
                    ContentCodings.applied(response.headers().allValues("content-encoding"), name -> false);
            Forms forms;
            try {
                byte[] body = response.body();
                forms = new Forms(
                        body.length == 0 ? body : codings.decode(body, applied),
                        response.headers().firstValue("content-type").orElse(""),
                        binder);
            } catch (ContentCodings.CodingException e) {
                Reason reason = e.tooLarge() ? Reason.TOO_LARGE : Reason.UNDECODABLE;
                return Refuse.of(undecodable(flight, reason, e));
            }
            Throwable misfit = misfit(flight, forms);
            if (misfit != null) {
                return Refuse.of(undecodable(flight, Reason.UNDECODABLE, misfit));
            }
            return new Keep(Entry.of(flight.target(), forms, response.headers(), System.nanoTime(), ttl, ifError));
        }

        /**
         * Returns the reason why a body must not replace the stored response, or null. The body is no JSON, or it does
         * not fit a type to which the stored response was decoded. A body that does not fit the leader's type fails the
         * leader alone.
         */
        private static @Nullable Throwable misfit(Flight flight, Forms forms) {
            Entry stored = flight.usable(System.nanoTime());
            List<Class<?>> kept = stored == null ? List.of() : stored.forms().types();
            for (Class<?> type : kept) {
                if (failure(forms, type) instanceof UndecodableException e) {
                    return e;
                }
            }
            return failure(forms, flight.wanted()) instanceof UndecodableException e && !e.wellFormed() ? e : null;
        }

        private static @Nullable Throwable failure(Forms forms, Class<?> type) {
            CompletableFuture<Object> decoded = forms.decoded(type, Runnable::run);
            return decoded.state() == Future.State.FAILED ? decoded.exceptionNow() : null;
        }

        private static Failure undecodable(Flight flight, Reason reason, Throwable e) {
            return Failure.of(
                    reason, flight.target().origin() + " sent a body that cannot be decoded. " + e.getMessage());
        }
    }
}
