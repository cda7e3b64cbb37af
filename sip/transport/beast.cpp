// Compiles Boost.Beast once for the whole program (docs/building.md); all other files use declarations only.
#include <boost/beast/src.hpp>
