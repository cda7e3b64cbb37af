#include <offhook/agent/recordings/recording_store.hpp>

#include <offhook/agent/recordings/recording_folder.hpp>
#include <offhook/agent/store/folder.hpp>
#include <offhook/agent/store/retention.hpp>
#include <offhook/agent/support/log.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::recordings {

namespace {

constexpr store::RetentionEvents kRemovalEvents{"recordings.removed", "recordings.not_removed"};
constexpr std::size_t kOpusCallsPerWriter = 64;         // A core can encode about ninety recordings, with two encoders each (docs/recordings.md).
constexpr auto kFolderEvery = std::chrono::minutes(1);  // Interval of the measurements of the folder; in between, written octets are added.
constexpr auto kRemoveEvery = std::chrono::hours(1);
constexpr auto kCalmAfter = std::chrono::seconds(5);    // Without a refused write for this time, the disk works; each file is tried once a second.

double seconds_of(std::uint64_t frames) { return static_cast<double>(frames) / 50; }

std::size_t writers_for(const RecordingOptions& options) {
  if (options.format == media::RecordingFormat::Wav) return 1;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>((options.calls + kOpusCallsPerWriter - 1) / kOpusCallsPerWriter, 1, cores);
}

void emit(const media::RecordingReport& report) {
  const std::string file = report.path.substr(report.path.rfind('/') + 1);
  const auto name = parse_recording_name(file);
  const std::string call = name ? name->call : std::string();
  if (report.error != 0) {
    log::error("recording.failed", {{"call", call}, {"file", file}, {"detail", std::strerror(report.error)}, {"seconds", seconds_of(report.frames)}});
  } else if (report.octets > 0) {
    log::info("recording.ended", {{"call", call}, {"file", file}, {"seconds", seconds_of(report.frames)}, {"octets", report.octets}, {"dropped", report.dropped}});
  }
}

}  // namespace

class RecordingStore::Impl {
 public:
  explicit Impl(RecordingOptions options)
      : options_(std::move(options)), retention_(kRemovalEvents, options_.folder, options_.keep_days), space_(options_.room) {
    if (!options_.free_octets) options_.free_octets = free_octets;
    media::RecorderOptions each;
    each.most = options_.calls;
    each.on_ended = [this](const media::RecordingReport& report) {
      emit(report);
      if (report.octets > 0) ended_.fetch_add(1, std::memory_order_relaxed);
    };
    for (std::size_t i = 0; i < writers_for(options_); ++i) recorders_.push_back(std::make_unique<media::Recorder>(each));
    look();
    thread_ = std::thread([this] { run(); });
  }
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  std::shared_ptr<CallRecording> begin(std::string call, std::uint32_t rate_hz, WallTime now) {
    const auto refuse = [&](std::string_view why) {
      not_begun_.fetch_add(1, std::memory_order_relaxed);
      log::warning("recording.not_begun", {{"call", call}, {"detail", why}});
      return nullptr;
    };
    const auto name = name_recording(call, now, options_.format, options_.key.has_value());
    if (!name) return refuse("the id of the call cannot be a part of a file name");
    const std::lock_guard lock(mutex_);
    if (space_.verdict() != DiskSpace::Verdict::Room) return refuse(reason());
    const auto least = [](const auto& a, const auto& b) { return a->counters().active < b->counters().active; };
    media::RecordingOrder order{.path = options_.folder + "/" + name->text(), .shape = {.format = options_.format, .rate_hz = rate_hz},
                                .key = options_.key};
    auto tap = (*std::min_element(recorders_.begin(), recorders_.end(), least))->begin(std::move(order), options_.sides);
    if (!tap) return refuse(media::to_string(tap.error()));
    auto recording = std::make_shared<CallRecording>(name->text(), std::move(*tap), std::move(call));
    std::erase_if(running_, [](const auto& each) { return each.expired(); });
    running_.push_back(recording);
    return recording;
  }

  RecordingCounters counters() const {
    RecordingCounters all;
    for (const auto& recorder : recorders_) {
      const auto each = recorder->counters();
      all.active += each.active;
      all.failed += each.failed;
      all.octets += each.octets;
      all.dropped += each.dropped;
    }
    all.ended = ended_.load(std::memory_order_relaxed);
    all.not_begun = not_begun_.load(std::memory_order_relaxed);
    all.stopped = stopped_.load(std::memory_order_relaxed);
    return all;
  }

  State state() const {
    const std::lock_guard lock(mutex_);
    if (space_.verdict() != DiskSpace::Verdict::Room) return State::Full;
    return refused_ || retention_.is_failing() ? State::Failing : State::Writing;
  }

 private:
  void run() {
    for (std::unique_lock lock(mutex_); !closing_;) {
      wake_.wait_for(lock, options_.look_every, [&] { return closing_; });
      if (closing_) return;
      lock.unlock();
      look();
      lock.lock();
    }
  }

  void look() {
    remove_what_is_old(base::Clock::now());
    look_at_writers(base::Clock::now());
    look_at_room(base::Clock::now());
  }

  void remove_what_is_old(base::TimePoint now) {
    if (now < remove_at_) return;
    const auto removed = remove_recordings_before(options_.folder, std::chrono::system_clock::now() - std::chrono::days(options_.keep_days));
    remove_at_ = now + (removed ? base::Duration(kRemoveEvery) : base::Duration(kFolderEvery));
    count_folder_at_ = now;
    retention_.on_result(removed);
  }

  void look_at_writers(base::TimePoint now) {
    std::uint64_t refusals = 0;
    for (const auto& recorder : recorders_) refusals += recorder->counters().refusals;
    if (refusals != std::exchange(refusals_, refusals)) calm_at_ = now + kCalmAfter;
    const bool refused = now < calm_at_;
    bool was_refused = false;
    {
      const std::lock_guard lock(mutex_);
      was_refused = std::exchange(refused_, refused);
    }
    if (refused && !was_refused)
      log::error("recordings.failing",
                 {{"folder", options_.folder}, {"detail", "the disk does not accept all audio: calls continue, and parts of recordings may be lost"}});
    if (was_refused && !refused) log::info("recordings.writing", {{"folder", options_.folder}});
  }

  void look_at_room(base::TimePoint now) {
    const std::uint64_t written = counters().octets;
    if (now >= count_folder_at_) {
      count_folder_at_ = now + kFolderEvery;
      if (const auto used = used_octets(options_.folder)) {
        counted_ = *used;
        written_when_counted_ = written;
      }
    }
    const DiskSpace::Look seen{options_.free_octets(options_.folder), counted_ + (written - written_when_counted_)};
    std::vector<std::shared_ptr<CallRecording>> stopping;
    bool was_room = false, is_room = false;
    std::string why;
    {
      const std::lock_guard lock(mutex_);
      was_room = space_.verdict() == DiskSpace::Verdict::Room;
      is_room = space_.on_look(seen) == DiskSpace::Verdict::Room;
      why = reason();
      if (!is_room) {
        for (const auto& each : running_) {
          if (auto recording = each.lock()) stopping.push_back(std::move(recording));
        }
        running_.clear();
      }
    }
    for (const auto& recording : stopping) {
      recording->stop();
      log::warning("recording.stopped", {{"call", recording->call()}, {"detail", why}});
    }
    stopped_.fetch_add(stopping.size(), std::memory_order_relaxed);
    if (was_room && !is_room)
      log::error("recordings.stopped", {{"folder", options_.folder}, {"detail", why + ": calls continue, and Offhook does not record them"},
                                        {"free_mb", seen.free.value_or(0) >> 20U}, {"used_mb", seen.used >> 20U}, {"calls", stopping.size()}});
    if (!was_room && is_room) log::info("recordings.writing", {{"folder", options_.folder}});
  }

  [[nodiscard]] std::string reason() const {
    switch (space_.verdict()) {
      case DiskSpace::Verdict::Room: return "";
      case DiskSpace::Verdict::TooLittleFree: return "the free space is less than /recordings/least_free_mb";
      case DiskSpace::Verdict::TooMuchUsed: return "recordings have reached /recordings/most_mb";
    }
    return "";
  }

  RecordingOptions options_;
  store::RetentionLog retention_;
  std::atomic<std::uint64_t> ended_{0}, not_begun_{0}, stopped_{0};
  std::vector<std::unique_ptr<media::Recorder>> recorders_;  // Their threads write ended_.
  // Used by the thread only, and by the constructor before the thread starts.
  base::TimePoint remove_at_{}, count_folder_at_{}, calm_at_{};
  std::uint64_t counted_ = 0, written_when_counted_ = 0, refusals_ = 0;
  mutable std::mutex mutex_;  // Never held during file operations.
  std::condition_variable wake_;
  DiskSpace space_;
  std::vector<std::weak_ptr<CallRecording>> running_;
  bool refused_ = false, closing_ = false;
  std::thread thread_;  // The last member: all members above exist when the thread starts.
};

RecordingStore::RecordingStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordingStore::~RecordingStore() = default;

base::Result<std::unique_ptr<RecordingStore>, base::Error> RecordingStore::open(RecordingOptions options) {
  if (!options.enabled) return std::unique_ptr<RecordingStore>(new RecordingStore(nullptr));
  auto folder = store::folder_at_start(options.folder, "recordings");
  if (!folder) return base::fail(folder.error());
  options.folder = std::move(*folder);
  return std::unique_ptr<RecordingStore>(new RecordingStore(std::make_unique<Impl>(std::move(options))));
}

std::shared_ptr<CallRecording> RecordingStore::begin(std::string call, std::uint32_t rate_hz, WallTime now) {
  return impl_ ? impl_->begin(std::move(call), rate_hz, now) : nullptr;
}
RecordingCounters RecordingStore::counters() const { return impl_ ? impl_->counters() : RecordingCounters{}; }
RecordingStore::State RecordingStore::state() const { return impl_ ? impl_->state() : State::Off; }

base::Result<std::shared_ptr<RecordingStore>, base::Error> store_after_reload(std::shared_ptr<RecordingStore> running, RecordingOptions options) {
  if (running->state() != RecordingStore::State::Off || !options.enabled) return running;
  auto opened = RecordingStore::open(std::move(options));
  if (!opened) return base::fail(opened.error());
  return std::shared_ptr<RecordingStore>(std::move(*opened));
}

std::string_view to_string(RecordingStore::State state) {
  switch (state) {
    case RecordingStore::State::Off: return "off";
    case RecordingStore::State::Writing: return "writing";
    case RecordingStore::State::Full: return "full";
    case RecordingStore::State::Failing: return "failing";
  }
  return "";
}

Figures figures_of(const RecordingCounters& counters, RecordingStore::State state) {
  const bool is_room = state != RecordingStore::State::Full && state != RecordingStore::State::Off;
  const auto number = [](auto value) { return static_cast<double>(value); };
  return {gauge("offhook_recordings", "Calls that Offhook is recording now.", number(counters.active)),
          gauge("offhook_recordings_room", "1 while there is space for recordings; 0 when disk or folder is full, or recording is off.", is_room ? 1 : 0),
          count("offhook_recordings_ended_total", "Recordings that have ended.", number(counters.ended)),
          count("offhook_recordings_failed_total", "Recordings that Offhook could not create or could not finish.", number(counters.failed)),
          count("offhook_recordings_not_begun_total", "Calls not recorded, because of too little space or too many recordings.", number(counters.not_begun)),
          count("offhook_recordings_stopped_total", "Recordings that ended before their call, because space was missing.", number(counters.stopped)),
          count("offhook_recordings_octets_total", "Octets that Offhook wrote to recordings.", number(counters.octets)),
          count("offhook_recordings_frames_dropped_total", "Frames of 20 ms that are silent in a recording because of a slow disk.", number(counters.dropped))};
}

}  // namespace offhook::inline v0::agent::recordings
