#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>
#include <offhook/agent/support/work_pool.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// Longest speech of a turn. The listener drops later speech, and recognises the turn without it.
inline constexpr std::size_t kMaxTurnSeconds = 30;

/// Holds the decoders that no call uses, and bounds the number of all decoders. Thread-safe.
class DecoderPool {
 public:
  DecoderPool(std::shared_ptr<const DecoderFiles> files, std::size_t keep, std::size_t limit);

  /// Returns an idle decoder, or builds one. Building takes some 50 ms, so call it only on the work pool.
  [[nodiscard]] base::Result<std::unique_ptr<SphinxDecoder>, base::Error> take();
  void give_back(std::unique_ptr<SphinxDecoder> decoder);
  /// Builds a decoder in advance, unless enough are idle.
  void warm_one();
  void add(std::unique_ptr<SphinxDecoder> decoder);
  [[nodiscard]] std::size_t idle() const;

 private:
  const std::shared_ptr<const DecoderFiles> files_;
  const std::size_t keep_, limit_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<SphinxDecoder>> idle_;
  std::size_t taken_ = 0;
};

/// The Listener of one call. A decoder on the work pool processes the audio while the caller still speaks, so that little work is
/// left when the turn ends.
class SphinxListener final : public Listener {
 public:
  /// Marks a transcript with a confidence below `threshold` as rejected.
  SphinxListener(WorkPool& pool, std::shared_ptr<DecoderPool> decoders, double threshold, Wake wake);
  ~SphinxListener() override;
  SphinxListener(const SphinxListener&) = delete;
  SphinxListener& operator=(const SphinxListener&) = delete;

  [[nodiscard]] std::uint32_t rate_hz() const override;
  void begin(std::uint32_t turn, std::string_view expect) override;
  void feed(std::span<const std::int16_t> pcm) override;
  void end() override;
  void abandon() override;
  [[nodiscard]] std::optional<ListenEvent> poll() override;

 private:
  struct Session;
  void post(Job job);
  void post_audio();

  std::shared_ptr<Session> session_;
  Strand strand_;
  std::uint32_t turn_ = 0;
  std::uint64_t number_ = 0;  // this object's own number of the turn: begin() may get the same number twice
  bool listening_ = false;
  std::size_t heard_samples_ = 0;
  std::vector<std::int16_t> chunk_;
};

}  // namespace offhook::inline v0::agent::embedded
