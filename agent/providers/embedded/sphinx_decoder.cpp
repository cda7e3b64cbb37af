#include <offhook/agent/providers/embedded/sphinx_decoder.hpp>

#include <offhook/agent/providers/embedded/band_extension.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <pocketsphinx.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/err.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

base::Error fault(EmbeddedError code, std::string why) { return {"embedded", static_cast<int>(code), std::move(why)}; }

void silence_library() {
  static const bool done = (err_set_logfp(nullptr), true);  // By default, the library logs to stderr.
  static_cast<void>(done);
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(file, content.data(), content.size());
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Returns the confidence, 0..1. `log_posterior` is the natural logarithm of the whole utterance's posterior; `acoustic` is the mean
/// acoustic score of a frame against the best state. The constants fit the figures of docs/embedded-speech.md, "Rejection": at 0.5,
/// false acceptance and false rejection are about equal.
double confidence_of(double log_posterior, double acoustic) {
  constexpr double kAcousticWeight = 0.2, kMiddle = -13.2, kSlope = 0.5;
  return 1 / (1 + std::exp(-kSlope * (log_posterior + kAcousticWeight * acoustic - kMiddle)));
}

}  // namespace

base::Result<std::shared_ptr<const DecoderFiles>, base::Error> DecoderFiles::make(const Dialogue& dialogue,
                                                                                  const std::string& model_path,
                                                                                  const std::string& dictionary_path) {
  std::error_code ignored;
  if (!std::filesystem::exists(model_path + "/mdef", ignored))
    return base::fail(fault(EmbeddedError::Model, "no acoustic model in " + model_path + ": install the Debian package pocketsphinx-en-us"));
  std::ifstream file(dictionary_path, std::ios::binary);
  if (!file)
    return base::fail(fault(EmbeddedError::Dictionary,
                            "cannot read the dictionary " + dictionary_path + ": install the Debian package pocketsphinx-en-us"));
  std::ostringstream words;
  words << file.rdbuf();

  std::shared_ptr<DecoderFiles> files(new DecoderFiles);
  const auto models = make_language_models(dialogue);
  files->acoustic_model_ = model_path;
  files->dictionary_ = files->keep(cut_dictionary(words.view(), models, dialogue.pronunciations, files->missing_));
  for (const LanguageModel& model : models) files->models_.push_back({model.name, files->keep(model.arpa)});
  const bool kept = !files->dictionary_.empty() && std::ranges::none_of(files->models_, [](const Model& m) { return m.path.empty(); });
  if (!kept) return base::fail(fault(EmbeddedError::Model, "the system refuses memory files (memfd_create) for the language models"));
  return files;
}

DecoderFiles::~DecoderFiles() {
  for (const int file : memory_files_) ::close(file);
}

std::string DecoderFiles::keep(const std::string& content) {
  const int file = ::memfd_create("offhook-speech", MFD_CLOEXEC);
  if (file < 0) return {};
  memory_files_.push_back(file);
  return write_all(file, content) ? "/proc/self/fd/" + std::to_string(file) : std::string{};
}

struct SphinxDecoder::Engine {
  ~Engine() {
    if (decoder != nullptr) ps_free(decoder);
    if (config != nullptr) cmd_ln_free_r(config);
  }
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  cmd_ln_t* config = nullptr;
  ps_decoder_t* decoder = nullptr;
  BandExtension band;
  std::vector<mfcc_t> first_mean;  // mean of the features before any speech
  bool running = false;
};

SphinxDecoder::SphinxDecoder(std::shared_ptr<const DecoderFiles> files, std::unique_ptr<Engine> engine)
    : files_(std::move(files)), engine_(std::move(engine)) {}

SphinxDecoder::~SphinxDecoder() = default;

base::Result<std::unique_ptr<SphinxDecoder>, base::Error> SphinxDecoder::make(std::shared_ptr<const DecoderFiles> files,
                                                                                   std::size_t memory_left) {
  if (memory_left < kMemory)
    return base::fail(fault(EmbeddedError::Memory, "too little memory is left for one more recogniser: raise the limit (ulimit -v, MemoryMax=, of the container)"));
  silence_library();
  auto engine = std::make_unique<Engine>();
  engine->config = cmd_ln_init(nullptr, ps_args(), TRUE, nullptr);
  if (engine->config == nullptr) return base::fail(fault(EmbeddedError::Model, "the recogniser refuses its options"));
  cmd_ln_set_str_r(engine->config, "-hmm", files->acoustic_model().c_str());
  cmd_ln_set_str_r(engine->config, "-dict", files->dictionary().c_str());
  // Leave out the second pass: it takes 30 times as long, and recognises no more. The third pass has the lattice for the posterior.
  cmd_ln_set_boolean_r(engine->config, "-fwdflat", FALSE);
  cmd_ln_set_boolean_r(engine->config, "-bestpath", TRUE);
  // Offhook's voice activity detection has already removed the silence. A second detection would only remove quiet beginnings of words.
  cmd_ln_set_boolean_r(engine->config, "-remove_silence", FALSE);
  engine->decoder = ps_init(engine->config);
  if (engine->decoder == nullptr)
    return base::fail(fault(EmbeddedError::Model, "the recogniser cannot load the acoustic model in " + files->acoustic_model()));
  for (const auto& [name, path] : files->models()) {
    ngram_model_t* model =
        ngram_model_read(ps_get_config(engine->decoder), path.c_str(), NGRAM_ARPA, ps_get_logmath(engine->decoder));
    // With the library's usual weights, the recogniser inserts too many digits, because they have equal lengths and likelihoods. These
    // values come from measurements.
    constexpr float kNumberWeight = 10, kNumberInsertion = 0.2f;
    if (model != nullptr && (name == kExpectDigits || name == kExpectCorrection))
      ngram_model_apply_weights(model, kNumberWeight, kNumberInsertion);
    const bool set = model != nullptr && ps_set_lm(engine->decoder, name.c_str(), model) == 0;
    if (model != nullptr) ngram_model_free(model);  // The search has its own reference now.
    if (!set) return base::fail(fault(EmbeddedError::Model, "the recogniser refuses the language model \"" + name + "\""));
  }
  const feat_t* features = ps_get_feat(engine->decoder);
  engine->first_mean.assign(features->cmn_struct->cmn_mean, features->cmn_struct->cmn_mean + features->cmn_struct->veclen);
  return std::unique_ptr<SphinxDecoder>(new SphinxDecoder(std::move(files), std::move(engine)));
}

void SphinxDecoder::reset() {
  if (std::exchange(engine_->running, false)) ps_end_utt(engine_->decoder);
  engine_->band.reset();
  cmn_live_set(ps_get_feat(engine_->decoder)->cmn_struct, engine_->first_mean.data());
}

bool SphinxDecoder::try_start(std::string_view expect) {
  if (std::exchange(engine_->running, false)) ps_end_utt(engine_->decoder);
  const bool known = std::ranges::any_of(files_->models(), [&](const DecoderFiles::Model& model) { return model.name == expect; });
  if (ps_set_search(engine_->decoder, std::string(known ? expect : kExpectMain).c_str()) != 0) return false;
  if (ps_start_utt(engine_->decoder) != 0) return false;
  engine_->running = true;
  return true;
}

bool SphinxDecoder::try_feed(std::span<const std::int16_t> pcm) {
  if (!engine_->running) return false;
  const auto extended = engine_->band.process(pcm);
  return ps_process_raw(engine_->decoder, extended.data(), extended.size(), FALSE, FALSE) >= 0;
}

Recognised SphinxDecoder::partial() const {
  if (!engine_->running) return {};
  std::int32_t score = 0;
  const char* text = ps_get_hyp(engine_->decoder, &score);
  return {text == nullptr ? "" : text, 0};
}

Recognised SphinxDecoder::finish() {
  if (!std::exchange(engine_->running, false) || ps_end_utt(engine_->decoder) != 0) return {};
  std::int32_t score = 0;
  const char* text = ps_get_hyp(engine_->decoder, &score);
  if (text == nullptr || *text == '\0') return {};
  Recognised result{text, 0};
  double acoustic = 0;
  long frames = 0;
  for (ps_seg_t* segment = ps_seg_iter(engine_->decoder); segment != nullptr; segment = ps_seg_next(segment)) {
    int first = 0, last = 0;
    std::int32_t segment_score = 0, unused_language = 0, unused_backoff = 0;
    ps_seg_frames(segment, &first, &last);
    ps_seg_prob(segment, &segment_score, &unused_language, &unused_backoff);
    const std::string_view word = ps_seg_word(segment);
    if (word.starts_with('<') || word.starts_with('[') || word.starts_with('+')) continue;
    constexpr double kScoreUnit = 1024;  // the lattice has its scores shifted left by 10 bits
    acoustic += segment_score / kScoreUnit;
    frames += last - first + 1;
  }
  if (frames <= 0) return {};
  const double log_posterior = ps_get_prob(engine_->decoder) * std::log(logmath_get_base(ps_get_logmath(engine_->decoder)));
  result.confidence = confidence_of(log_posterior, acoustic / static_cast<double>(frames));
  return result;
}

}  // namespace offhook::inline v0::agent::embedded
