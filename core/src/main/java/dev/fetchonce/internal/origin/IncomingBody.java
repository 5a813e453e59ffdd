package dev.fetchonce.internal.origin;

import java.net.http.HttpResponse.BodySubscriber;

/** A body as it is taken in from the client. */
sealed interface IncomingBody extends BodySubscriber<ReceivedBody> permits BoundedBodySubscriber, GrowingBody {
    /** Tells that no one takes the body: one that is handed on live, now or later, is given up. */
    void abandon();
}
