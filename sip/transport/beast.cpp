// Boost.Beast, compiled once for the whole program (docs/building.md): every other file sees declarations only.
#include <boost/beast/src.hpp>
