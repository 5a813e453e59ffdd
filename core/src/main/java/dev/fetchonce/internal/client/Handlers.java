package dev.fetchonce.internal.client;

import dev.fetchonce.internal.origin.BodyDelivery;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of a caller.
 *
 * @param body handles the body of the requested response
 * @param pushes handles pushed responses, or null where the caller accepts no pushed response
 * @param reading takes each body that the caller may still read when the call has returned
 * @param <T> the type of the value of a body
 */
public record Handlers<T extends @Nullable Object>(
        BodyHandler<T> body, @Nullable PushPromiseHandler<T> pushes, Consumer<BodyDelivery> reading) {}
