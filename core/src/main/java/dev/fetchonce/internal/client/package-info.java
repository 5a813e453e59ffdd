/**
 * Floor 5: the API of {@link java.net.http.HttpClient}, call by call as the JDK's client behaves.
 * It translates requests and outcomes of the engine, and decides nothing about caching.
 * A change needs the transparency tests, which compare each call with the JDK's client.
 */
@NullMarked
package dev.fetchonce.internal.client;

import org.jspecify.annotations.NullMarked;
