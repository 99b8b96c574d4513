/** What an answer must never hold: where our code lies and how it got there. */
export const innards = /node_modules|file:\/\/|\/src\/|\.ts:\d|\.js:\d|\n\s+at |"stack|originalError/;
