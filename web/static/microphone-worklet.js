/* Gathers what the microphone hears into pieces of 48 000 samples a second, one channel, 16 bits, and sends them to the
   page with their peak. Runs in the audio thread. Baseline: Chrome 109, Firefox 115. */
"use strict";

var RATE = 48000;

class Microphone extends AudioWorkletProcessor {
  constructor(options) {
    super();
    this.size = Math.round(RATE * options.processorOptions.pieceMs / 1000);
    this.piece = new Int16Array(this.size);
    this.count = 0;
    this.peak = 0;
    this.step = sampleRate / RATE;
    this.place = 0; /* where the next sample lies, in samples of the microphone's own rate, from `last` on */
    this.last = 0;
    this.port.onmessage = this.flush.bind(this);
  }

  flush() {
    this.port.postMessage({ pcm: this.piece.slice(0, this.count).buffer, peak: this.peak, flushed: true });
    this.count = 0;
    this.peak = 0;
  }

  put(sample) {
    var level = Math.abs(sample);
    if (level > this.peak) this.peak = level;
    this.piece[this.count] = Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
    this.count += 1;
    if (this.count < this.size) return;
    var full = this.piece;
    this.piece = new Int16Array(this.size);
    this.port.postMessage({ pcm: full.buffer, peak: this.peak, flushed: false }, [full.buffer]);
    this.count = 0;
    this.peak = 0;
  }

  process(inputs) {
    var channels = inputs[0];
    if (!channels.length) return true;
    var length = channels[0].length;
    for (var at = 0; at < length; at += 1) {
      var sample = 0;
      for (var channel = 0; channel < channels.length; channel += 1) sample += channels[channel][at];
      sample /= channels.length;
      /* Between the sample before and this one lie as many of ours as the two rates say. */
      while (this.place <= 1) {
        this.put(this.last + (sample - this.last) * this.place);
        this.place += this.step;
      }
      this.place -= 1;
      this.last = sample;
    }
    return true;
  }
}

registerProcessor("microphone", Microphone);
