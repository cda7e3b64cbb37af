#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which model listens to a call, and what it is told of the call's languages: the same for the Voice Agent, for Flux and for nova-3.
namespace offhook::inline v0::agent::deepgram {

/// The value of `language` with which nova-2 and nova-3 recognise any language.
inline constexpr std::string_view kAnyLanguage = "multi";

/// Flux has an interface of its own, over sockets alone. It ends turns itself, or takes our word for their end: FluxEnd.
[[nodiscard]] bool is_flux(std::string_view model);
/// The Flux of that name understands a language, BCP 47; "flux" and those that nobody knows understand any.
[[nodiscard]] bool flux_hears(std::string_view model, std::string_view bcp47);

struct ListenChoice {
  std::string model;
  std::string language{};            ///< as Deepgram has it ("en-GB", "multi"); "" of Flux
  std::vector<std::string> hints{};  ///< of flux-general-multi: what it is likely to hear; any other than its own are refused
};

/// `model`: as it is configured; "flux": the Flux for these languages, and nova-3 where it has not all of them. `language`: BCP 47, of the
/// call; "": `languages` are those that its caller may speak, the likeliest first; none: any.
[[nodiscard]] ListenChoice listen_choice(std::string_view model, std::string_view language, std::span<const std::string> languages);

}  // namespace offhook::inline v0::agent::deepgram
