/**
 * Floor 0: deadlines, memoizers, interners and the threads that wait for one result, on {@code java.*} alone.
 * A type belongs here when it knows neither flights nor HTTP.
 * Nothing here takes a lock while other code runs; a thread parks and wakes at {@link dev.fetchonce.internal.concurrent.Checkpoints} only.
 */
@NullMarked
package dev.fetchonce.internal.concurrent;

import org.jspecify.annotations.NullMarked;
