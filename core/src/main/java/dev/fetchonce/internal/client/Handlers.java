package dev.fetchonce.internal.client;

import dev.fetchonce.internal.origin.BodyDelivery;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a caller makes of responses.
 *
 * @param body of the one it asked for
 * @param pushes of those that come without having been asked for, or null where it wants none
 * @param reading told of each body that may still be read when the call has returned
 * @param <T> what becomes of a body
 */
public record Handlers<T extends @Nullable Object>(
        BodyHandler<T> body, @Nullable PushPromiseHandler<T> pushes, Consumer<BodyDelivery> reading) {}
