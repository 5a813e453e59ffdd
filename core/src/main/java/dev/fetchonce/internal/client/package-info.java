/** Floor 4: what makes of the engine's outcomes what a caller of {@link java.net.http.HttpClient} is used to. */
@NullMarked
package dev.fetchonce.internal.client;

import org.jspecify.annotations.NullMarked;
