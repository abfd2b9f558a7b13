// The kernels of Rows.cpp. Included once an instruction set.
#include "SkinnyLinear.h"
#include "ElementwiseRows.h"
#include "LikelihoodRows.h"
