#include <offhook/media/engine/recording_file.hpp>

#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace offhook::inline v0::media {

base::Result<RecordingFile, int> RecordingFile::create(const RecordingOrder& order, base::Random& random) {
  std::optional<Sealer> sealer;
  if (order.key) {
    auto made = Sealer::make(*order.key, order.shape.format == RecordingFormat::Wav ? SealedKind::Wav : SealedKind::OggOpus, random);
    if (!made) return base::fail(EOPNOTSUPP);
    sealer.emplace(std::move(*made));
  }
  auto file = FileWriter::create(order.path);
  if (!file) return base::fail(file.error());
  RecordingFile recording(std::move(*file), RecordingEncoder(order.shape, random.next_u32()), std::move(sealer));
  if (recording.sealer_) {
    recording.waiting_.assign(recording.sealer_->header().begin(), recording.sealer_->header().end());
    static_cast<void>(recording.drain(false));  // If the disk refuses octets, the first flush() writes them.
  }
  recording.encoder_.begin(recording.plain_);
  return recording;
}

void RecordingFile::add(const RecordedFrame& frame) {
  if (finished_ || plain_.size() + waiting_.size() > kMaxWaiting) {
    ++lost_;  // The next frame finds the gap, and the encoder fills it with silence.
    return;
  }
  encoder_.add(frame, plain_);
  if (plain_.size() >= kPiece && waiting_.empty()) static_cast<void>(drain(false));  // If the disk refuses octets, the next flush() reports it.
}

base::Result<void, int> RecordingFile::flush() {
  if (!finished_) encoder_.flush(plain_);
  return write(false);
}

base::Result<void, int> RecordingFile::finish() {
  const bool first = !std::exchange(finished_, true);
  if (first) encoder_.finish(plain_);
  return write(first);
}

/// Moves the encoder's output to waiting_, encrypted if there is a key. Works in pieces, because a gap of a minute may be longer than a chunk.
bool RecordingFile::seal(bool last) {
  if (!sealer_) {
    if (waiting_.empty()) {
      waiting_.swap(plain_);
    } else {
      waiting_.insert(waiting_.end(), plain_.begin(), plain_.end());
      plain_.clear();
    }
    return true;
  }
  base::Bytes rest(plain_);
  while (!rest.empty() || last) {
    const auto piece = rest.first(std::min(rest.size(), kMaxSealedChunk));
    const bool is_last = last && piece.size() == rest.size();
    if (!sealer_->seal(piece, is_last, waiting_)) return false;
    rest = rest.subspan(piece.size());
    if (is_last) break;
  }
  plain_.clear();
  return true;
}

base::Result<void, int> RecordingFile::drain(bool last) {
  if (!seal(last)) return base::fail(EOPNOTSUPP);
  std::size_t written = 0;
  while (written < waiting_.size()) {
    const auto some = file_.write(base::Bytes(waiting_).subspan(written), offset_);
    if (!some) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(written));
      return base::fail(some.error());
    }
    written += *some;
    offset_ += *some;
  }
  waiting_.clear();
  if (waiting_.capacity() > 4 * kPiece) waiting_.shrink_to_fit();  // after a gap, or after a full disk
  if (!sealer_) plain_.swap(waiting_);                             // seal() has swapped the buffers: gives plain_ its memory back
  return {};
}

base::Result<void, int> RecordingFile::write(bool last) {
  const std::uint64_t frames = encoder_.counters().frames;
  if (const auto drained = drain(last); !drained) return drained;
  if (!sealer_ && encoder_.shape().format == RecordingFormat::Wav) {
    // Written after the samples, so that the header never promises more than the file has.
    const auto samples = static_cast<std::uint32_t>(offset_ - kWavHeaderOctets);
    const auto header = wav_header({.rate_hz = encoder_.shape().rate_hz, .channels = 2}, samples);
    if (const auto renewed = file_.write_all(header, 0); !renewed) return base::fail(renewed.error());
  }
  kept_ = frames;
  return {};
}

}  // namespace offhook::inline v0::media
