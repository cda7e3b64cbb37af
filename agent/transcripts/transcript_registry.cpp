#include <offhook/agent/transcripts/transcript_registry.hpp>

#include <offhook/agent/records/call_record_store.hpp>
#include <offhook/agent/records/record_writer.hpp>
#include <offhook/agent/support/log.hpp>

#include <utility>

namespace offhook::inline v0::agent::transcripts {

namespace {

std::string beside(const std::string& records_folder) {
  const auto slash = records_folder.rfind('/');
  return slash == std::string::npos ? std::string() : records_folder.substr(0, slash) + "/transcripts";
}

}  // namespace

RedactionOptions redaction_options(const TranscriptOptions& options) {
  const bool any = options.redact_digits != 0;
  return {options.redact_digits, any, any, any, options.patterns};
}

base::Result<std::unique_ptr<TranscriptRegistry>, base::Error> TranscriptRegistry::open(TranscriptOptions options) {
  auto redactor = Redactor::make(redaction_options(options));
  if (!redactor) return base::fail(redactor.error());
  auto shared = std::make_shared<const Redactor>(std::move(*redactor));
  if (!options.enabled) return std::unique_ptr<TranscriptRegistry>(new TranscriptRegistry(std::move(shared), nullptr));
  const bool is_named = !options.folder.empty();
  if (!is_named) options.folder = default_folder();
  if (options.folder.empty()) {
    return base::fail(base::Error{"transcripts", 1, "transcripts have no folder: name one with /transcripts/folder"});
  }
  records::FileSystem& files = records::posix_file_system();
  if (const auto usable = records::check_folder(files, options.folder, "transcripts"); !usable) {
    if (is_named) return base::fail(usable.error());
    log::warning("transcripts.failing", {{"folder", options.folder}, {"detail", usable.error().detail}});
  }
  StoreOptions store;
  store.files = {options.folder, store.files.rotate_bytes, std::max(1U, options.keep_days), options.readable};
  return std::unique_ptr<TranscriptRegistry>(
      new TranscriptRegistry(std::move(shared), std::make_shared<TranscriptStore>(files, std::move(store))));
}

std::shared_ptr<CallTranscript> TranscriptRegistry::begin(TranscribedCall about, bool wanted) {
  if (!store_ || !wanted) return nullptr;
  return std::make_shared<CallTranscript>(std::move(about), redactor_,
                                          [store = store_](TranscriptLine line) { (void)store->add(std::move(line)); });
}

std::string_view TranscriptRegistry::state() const {
  return store_ ? to_string(store_->state()) : "off";
}

std::string default_folder(const std::function<std::string(const char* variable)>& environment, bool is_root) {
  return beside(records::default_folder(environment, is_root));
}
std::string default_folder() {
  return beside(records::default_folder());
}

}  // namespace offhook::inline v0::agent::transcripts
