/**
 * Floor 0: deadlines, memoizers, interners and the threads that wait for one result, on {@code java.*} alone.
 * A type belongs here when it knows neither flights nor HTTP.
 * No type here holds a lock while it runs other code. A thread parks and wakes at
 * {@link dev.fetchonce.internal.concurrent.Checkpoints} only.
 */
@NullMarked
package dev.fetchonce.internal.concurrent;

import org.jspecify.annotations.NullMarked;
