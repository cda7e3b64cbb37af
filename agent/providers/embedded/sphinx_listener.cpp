#include <offhook/agent/providers/embedded/sphinx_listener.hpp>

#include <offhook/agent/providers/embedded/outbox.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

constexpr std::size_t kChunkSamples = SphinxDecoder::kRateHz / 10;  // one job for each 100 ms of speech

}  // namespace

DecoderPool::DecoderPool(std::shared_ptr<const DecoderFiles> files, std::size_t keep, std::size_t limit)
    : files_(std::move(files)), keep_(keep), limit_(limit) {}

base::Result<std::unique_ptr<SphinxDecoder>, base::Error> DecoderPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (taken_ >= limit_)
      return base::fail(base::Error{"embedded", static_cast<int>(EmbeddedError::Model),
                                    "all " + std::to_string(limit_) + " decoders are in use"});
    ++taken_;
    if (!idle_.empty()) {
      auto decoder = std::move(idle_.back());
      idle_.pop_back();
      return decoder;
    }
  }
  auto made = SphinxDecoder::make(files_);
  if (!made) {
    const std::lock_guard lock(mutex_);
    --taken_;
  }
  return made;
}

void DecoderPool::give_back(std::unique_ptr<SphinxDecoder> decoder) {
  if (!decoder) return;
  const std::lock_guard lock(mutex_);
  --taken_;
  if (idle_.size() < keep_) idle_.push_back(std::move(decoder));
}

void DecoderPool::warm_one() {
  if (idle() >= keep_) return;
  if (auto made = SphinxDecoder::make(files_)) add(*std::move(made));
}

void DecoderPool::add(std::unique_ptr<SphinxDecoder> decoder) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < keep_) idle_.push_back(std::move(decoder));
}

std::size_t DecoderPool::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

/// The state that jobs use; it lives until the last job ends. Only the strand uses it, except for the outbox and `first_valid`.
struct SphinxListener::Session {
  Session(std::shared_ptr<DecoderPool> pool, double reject_below, Wake wake)
      : decoders(std::move(pool)), threshold(reject_below), outbox(std::move(wake)) {}
  ~Session() { decoders->give_back(std::move(decoder)); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::shared_ptr<DecoderPool> decoders;
  const double threshold;
  Outbox<ListenEvent> outbox;
  std::atomic<std::uint64_t> first_valid{0};  // jobs and events of earlier turns are dropped; abandon() increases it

  std::unique_ptr<SphinxDecoder> decoder;
  std::string last_partial;
  bool failed = false;  // true: the present turn has failed, and the failure was reported

  [[nodiscard]] bool is_current(std::uint64_t number) const { return number >= first_valid.load(); }
  void say(std::uint64_t from, ListenEvent event) {
    outbox.push_if([&] { return is_current(from); }, std::move(event));
  }
  void fail(std::uint64_t from, std::uint32_t turn, std::string why) {
    if (!std::exchange(failed, true)) say(from, ListenFailed{turn, std::move(why)});
  }
  /// Takes a decoder from the pool, unless this call has one. Returns "", or the reason why there is no decoder.
  [[nodiscard]] std::string need_decoder() {
    if (decoder) return {};
    auto taken = decoders->take();
    if (!taken) return taken.error().detail;
    decoder = *std::move(taken);
    decoder->reset();
    return {};
  }

  void start(std::uint64_t from, std::uint32_t turn, const std::string& expect) {
    if (!is_current(from)) return;
    failed = false;
    last_partial.clear();
    if (auto why = need_decoder(); !why.empty()) return fail(from, turn, std::move(why));
    if (!decoder->try_start(expect)) fail(from, turn, "the recogniser does not start");
  }
  void feed(std::uint64_t from, std::uint32_t turn, const std::vector<std::int16_t>& pcm) {
    if (!is_current(from) || failed) return;
    if (!decoder->try_feed(pcm)) return fail(from, turn, "the recogniser fails on audio");
    auto partial = decoder->partial().text;
    if (partial.empty() || partial == last_partial) return;
    last_partial = partial;
    say(from, Transcript{turn, false, std::move(partial), 0, false});
  }
  void finish(std::uint64_t from, std::uint32_t turn) {
    if (!is_current(from) || failed) return;
    auto result = decoder->finish();
    const bool rejected = result.text.empty() || result.confidence < threshold;
    say(from, Transcript{turn, true, std::move(result.text), result.confidence, rejected});
  }
};

SphinxListener::SphinxListener(WorkPool& pool, std::shared_ptr<DecoderPool> decoders, double threshold, Wake wake)
    : session_(std::make_shared<Session>(std::move(decoders), threshold, std::move(wake))), strand_(pool) {
  // Take a decoder before the caller's first word. If this job is refused, the first turn tries again and reports the reason.
  static_cast<void>(strand_.try_post([session = session_] { static_cast<void>(session->need_decoder()); }));
}

SphinxListener::~SphinxListener() {
  abandon();
  session_->outbox.close();
}

std::uint32_t SphinxListener::rate_hz() const { return SphinxDecoder::kRateHz; }

void SphinxListener::begin(std::uint32_t turn, std::string_view expect) {
  if (listening_) abandon();  // A turn that has already ended still gets its transcript.
  turn_ = turn;
  ++number_;
  listening_ = true;
  heard_samples_ = 0;
  post([session = session_, number = number_, turn, what = std::string(expect)] { session->start(number, turn, what); });
}

void SphinxListener::feed(std::span<const std::int16_t> pcm) {
  if (!listening_) return;
  const std::size_t room = kMaxTurnSeconds * SphinxDecoder::kRateHz - heard_samples_;
  pcm = pcm.first(std::min(pcm.size(), room));
  heard_samples_ += pcm.size();
  chunk_.insert(chunk_.end(), pcm.begin(), pcm.end());
  if (chunk_.size() >= kChunkSamples) post_audio();
}

void SphinxListener::end() {
  if (!listening_) return;
  if (!chunk_.empty()) post_audio();
  if (!listening_) return;  // The queue was full, and post() has reported the failure.
  post([session = session_, number = number_, turn = turn_] { session->finish(number, turn); });
  listening_ = false;
}

void SphinxListener::abandon() {
  listening_ = false;
  chunk_.clear();
  session_->outbox.drop([this] { session_->first_valid = ++number_; });
}

std::optional<ListenEvent> SphinxListener::poll() { return session_->outbox.poll(); }

void SphinxListener::post_audio() {
  post([session = session_, number = number_, turn = turn_, pcm = std::exchange(chunk_, {})] {
    session->feed(number, turn, pcm);
  });
}

void SphinxListener::post(Job job) {
  if (strand_.try_post(std::move(job))) return;
  const auto turn = turn_;
  abandon();  // Drop the whole turn: from half of it, the recogniser could recognise wrong words.
  session_->say(number_, ListenFailed{turn, "the work pool is full or ending"});
}

}  // namespace offhook::inline v0::agent::embedded
