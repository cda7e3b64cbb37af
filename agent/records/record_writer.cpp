#include <offhook/agent/records/record_writer.hpp>

#include <offhook/agent/support/log.hpp>
#include <offhook/base/random.hpp>

#include <unistd.h>

#include <atomic>
#include <utility>

namespace offhook::inline v0::agent::records {

namespace {

constexpr store::StoreEvents kEvents{"records.failing", "records.back", "records.losing", "records.lost"};
constexpr base::Duration kReopen = std::chrono::seconds(15);

std::string run_name() {
  base::SystemRandom random;
  return random.token().substr(0, 13);
}

/// The journal to which this run of the program writes.
class RecordFiles final : public store::StoreFiles<RecordEntry> {
 public:
  RecordFiles(store::FileSystem& files, JournalOptions options, RecordWriter::OnCommitted on_committed)
      : journal_(files, options), folder_(std::move(options.folder)), on_committed_(std::move(on_committed)) {}

  FileResult<void> write(const std::vector<RecordEntry>& group) override {
    std::string lines;
    for (const auto& entry : group) lines += entry.is_end ? to_line(entry.record, run_) : to_started_line(entry.record, run_);
    return append(lines, std::chrono::system_clock::now());
  }

  void on_committed(const std::vector<RecordEntry>& group) override {
    if (!on_committed_) return;
    for (const auto& entry : group) {
      if (entry.is_end) on_committed_(entry.record);
    }
  }

  /// Writes a line for this run of the program, unless the journal already has one. By this line, readers know that a call of an earlier run that
  /// has no end was interrupted, even before this run has a call.
  std::optional<base::Duration> maintain() override {
    if (is_begun_) return std::nullopt;
    const auto now = std::chrono::system_clock::now();
    if (const auto written = append(to_run_line(run_, ::getpid(), now), now); !written) {
      failing_ = true;
      log::error("records.failing", {{"folder", folder_}, {"detail", written.error().message()}});
      return kReopen;
    }
    if (const auto torn = journal_.counters().torn_bytes; torn > 0) {
      log::warning("records.repaired", {{"file", journal_.path()},
                                        {"torn_bytes", torn},
                                        {"detail", "Offhook moved an incomplete line into another file; it had never reported this line as written"}});
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_failing() const override { return failing_; }

 private:
  FileResult<void> append(std::string_view lines, WallTime now) {
    auto written = journal_.append(lines, now);
    if (written) {
      is_begun_ = true;
      failing_ = false;
    }
    return written;
  }

  const std::string run_ = run_name();
  Journal journal_;
  const std::string folder_;
  const RecordWriter::OnCommitted on_committed_;
  bool is_begun_ = false;             // true: the journal has the line of this run
  std::atomic<bool> failing_{false};  // true: the line of this run could not be written
};

}  // namespace

std::size_t weight_of(const RecordEntry& entry) {
  const CallRecord& record = entry.record;
  std::size_t octets = sizeof(RecordEntry);
  for (const std::string* text :
       {&record.id, &record.sip_call_id, &record.local_tag, &record.account, &record.from.uri, &record.from.display,
        &record.to.uri, &record.to.display, &record.dialled, &record.source, &record.identity.result, &record.identity.attest,
        &record.identity.origid, &record.identity.why, &record.ending.cause, &record.ending.reason, &record.ending.detail, &record.digits_received, &record.digits_sent, &record.transfer_target,
        &record.service.name, &record.service.model, &record.service.voice}) {
    octets += text->size();
  }
  for (const OtherParty& other : record.others) octets += sizeof(OtherParty) + other.party.uri.size() + other.party.display.size();
  for (const Turn& turn : record.turns) octets += sizeof(Turn) + turn.heard.size() + turn.said.size() + turn.intent.size();
  return octets;
}

RecordWriter::RecordWriter(store::FileSystem& files, WriterOptions options, OnCommitted on_committed)
    : entries_(std::make_unique<RecordFiles>(files, options.journal, std::move(on_committed)),
               {.log = {kEvents, options.journal.folder, "records", "records"},
                .backlog = options.backlog,
                .gather = kGather,
                .closing_limit = options.closing_limit,
                .slow_after = options.slow_after}) {}

}  // namespace offhook::inline v0::agent::records
