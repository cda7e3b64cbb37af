#include <offhook/media/engine/recorder.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace offhook::inline v0::media {

std::string_view to_string(RecorderError error) {
  switch (error) {
    case RecorderError::Busy: return "the recorder already writes its maximum number of recordings: end another recording";
  }
  return "unknown";
}

namespace {

/// One recording on the writer's thread.
class Recording {
 public:
  Recording(RecordingOrder order, std::shared_ptr<RecordingTap> tap) : order_(std::move(order)), tap_(std::move(tap)) {}

  /// Takes the frames in the tap, and writes them when it is time. Returns false if the recording has ended, and the report is final. The tap then
  /// reports the end, because a call must not announce a recording that has ended.
  bool serve(base::TimePoint now, const RecorderOptions& options, base::Random& random, bool closing) {
    if (write_on(now, options, random, closing)) return true;
    tap_->set_ended(error_ != 0);
    return false;
  }

  [[nodiscard]] RecordingReport report() const {
    RecorderCounters counters;
    add_to(counters);
    return {.path = order_.path, .error = error_, .frames = counters.frames, .octets = counters.octets, .dropped = counters.dropped};
  }
  void add_to(RecorderCounters& counters) const {
    counters.dropped += tap_->dropped();
    if (!file_) return;
    counters.frames += file_->kept();
    counters.octets += file_->octets();
    counters.dropped += file_->lost() + file_->counters().refused;
  }
  /// Returns how often the disk accepted no octets, or not all, since the last take_refusals().
  [[nodiscard]] std::uint64_t take_refusals() { return std::exchange(refusals_, 0); }

 private:
  bool write_on(base::TimePoint now, const RecorderOptions& options, base::Random& random, bool closing) {
    const bool last = tap_->is_finished() || closing;
    // The limit is the tap's size: a worker that adds frames as fast as this thread takes them must not keep it in this loop.
    RecordedFrame frame;
    for (std::size_t i = 0; i < RecordingTap::kFrames && tap_->try_take(frame); ++i) {
      if (!file_ && !open(now, options, random)) return false;
      file_->add(frame);
    }
    if (!file_) return !last;
    if (last) return !end(now, options);
    if (now >= flush_at_) flush(now, options);
    return true;
  }
  bool open(base::TimePoint now, const RecorderOptions& options, base::Random& random) {
    auto made = RecordingFile::create(order_, random);
    if (!made) {
      error_ = made.error();
      ++refusals_;
      return false;
    }
    file_.emplace(std::move(*made));
    flush_at_ = now + options.flush_every;
    return true;
  }
  void flush(base::TimePoint now, const RecorderOptions& options) {
    note(file_->flush());
    flush_at_ = now + options.flush_every;
  }
  /// Returns true if nothing is left to write, or if the time limit has passed.
  bool end(base::TimePoint now, const RecorderOptions& options) {
    if (!give_up_at_) give_up_at_ = now + options.closing_limit;
    note(file_->finish());
    return error_ == 0 || now >= *give_up_at_;
  }
  void note(const base::Result<void, int>& written) {
    error_ = written ? 0 : written.error();
    if (!written) ++refusals_;
    tap_->set_kept(file_->kept());
  }

  RecordingOrder order_;
  std::shared_ptr<RecordingTap> tap_;
  std::optional<RecordingFile> file_;
  base::TimePoint flush_at_{};
  std::optional<base::TimePoint> give_up_at_;
  int error_ = 0;
  std::uint64_t refusals_ = 0;
};

}  // namespace

class Recorder::Impl {
 public:
  explicit Impl(RecorderOptions options) : options_(std::move(options)), thread_([this] { run(); }) {}
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  base::Result<std::shared_ptr<RecordingTap>, RecorderError> begin(RecordingOrder order, RecordedSides sides) {
    auto tap = std::make_shared<RecordingTap>(sides);
    {
      const std::lock_guard lock(mutex_);
      if (counters_.active >= options_.most) return base::fail(RecorderError::Busy);
      ++counters_.active;
      begun_.push_back(std::make_unique<Recording>(std::move(order), tap));
    }
    return tap;
  }

  RecorderCounters counters() const {
    const std::lock_guard lock(mutex_);
    RecorderCounters all = counters_;
    all.frames += going_on_.frames;
    all.octets += going_on_.octets;
    all.dropped += going_on_.dropped;
    return all;
  }

 private:
  void run() {
    for (bool closing = false; !(closing && recordings_.empty());) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, options_.drain_every, [&] { return closing_ && !closing; });
        closing = closing_;
        for (auto& recording : begun_) recordings_.push_back(std::move(recording));
        begun_.clear();
      }
      serve_all(closing);
    }
  }

  void serve_all(bool closing) {
    std::vector<RecordingReport> reports;
    std::uint64_t refusals = 0;
    const auto ended = [&](const std::unique_ptr<Recording>& recording) {
      const bool goes_on = recording->serve(base::Clock::now(), options_, random_, closing);
      refusals += recording->take_refusals();
      if (!goes_on) reports.push_back(recording->report());
      return !goes_on;
    };
    recordings_.erase(std::remove_if(recordings_.begin(), recordings_.end(), ended), recordings_.end());
    RecorderCounters going_on;
    for (const auto& recording : recordings_) recording->add_to(going_on);
    {
      const std::lock_guard lock(mutex_);
      counters_.refusals += refusals;
      going_on_ = going_on;
      for (const auto& report : reports) {
        --counters_.active;
        ++counters_.ended;
        counters_.failed += report.error != 0 ? 1 : 0;
        counters_.frames += report.frames;
        counters_.octets += report.octets;
        counters_.dropped += report.dropped;
      }
    }
    if (!options_.on_ended) return;
    for (const auto& report : reports) options_.on_ended(report);
  }

  RecorderOptions options_;
  base::SystemRandom random_;                           // used only by the thread, like recordings_
  std::vector<std::unique_ptr<Recording>> recordings_;
  mutable std::mutex mutex_;                            // held for moments only: no file access under it
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Recording>> begun_;
  RecorderCounters counters_;                           // sums of the recordings that ended
  RecorderCounters going_on_;                           // sums of the recordings in progress, when the thread last served them
  bool closing_ = false;
  std::thread thread_;                                  // last, because it uses all members above
};

Recorder::Recorder(RecorderOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Recorder::~Recorder() = default;
base::Result<std::shared_ptr<RecordingTap>, RecorderError> Recorder::begin(RecordingOrder order, RecordedSides sides) {
  return impl_->begin(std::move(order), sides);
}
RecorderCounters Recorder::counters() const { return impl_->counters(); }

}  // namespace offhook::inline v0::media
