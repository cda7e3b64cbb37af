#include <offhook/agent/transcripts/transcript_store.hpp>

#include <offhook/agent/store/day.hpp>
#include <offhook/agent/store/retention.hpp>

#include <utility>

namespace offhook::inline v0::agent::transcripts {

namespace {

constexpr store::StoreEvents kEvents{"transcripts.failing", "transcripts.back", "transcripts.losing", "transcripts.lost"};
constexpr store::RetentionEvents kRemovalEvents{"transcripts.removed", "transcripts.not_removed"};

/// The day files of a process, and their removal by age.
class TranscriptFiles final : public store::StoreFiles<TranscriptLine> {
 public:
  TranscriptFiles(store::FileSystem& files, const DayFileOptions& options, base::Duration look_every)
      : files_(files, options), look_every_(look_every), retention_(kRemovalEvents, options.folder, options.keep_days) {}

  FileResult<void> write(const std::vector<TranscriptLine>& group) override {
    return files_.append(group.front().agent, group, std::chrono::system_clock::now());
  }
  std::optional<base::Duration> maintain() override {
    const auto now = std::chrono::system_clock::now();
    if (daily_.is_due(now)) {
      const auto removed = files_.purge(now);
      if (removed) daily_.done(now);
      retention_.on_result(removed);
    }
    return look_every_;
  }
  [[nodiscard]] bool is_failing() const override { return retention_.is_failing(); }

 private:
  DayFiles files_;
  const base::Duration look_every_;
  store::DailyTask daily_;
  store::RetentionLog retention_;
};

}  // namespace

std::size_t weight_of(const TranscriptLine& line) {
  return sizeof(TranscriptLine) + line.call.size() + line.agent.size() + line.text.size() + line.language.size();
}

TranscriptStore::TranscriptStore(store::FileSystem& files, StoreOptions options)
    : lines_(std::make_unique<TranscriptFiles>(files, options.files, options.look_every),
             {.log = {kEvents, options.files.folder, "transcripts", "lines"},
              .backlog = options.queue,
              .gather = kGather,
              .closing_limit = options.closing_limit}) {}

}  // namespace offhook::inline v0::agent::transcripts
